import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { segmentRanges } from './segment-ranges.ts'

const range = fc
  .array(fc.tuple(fc.bigInt({ min: 0n, max: 1_000n }), fc.bigInt({ min: 0n, max: 60n })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((partitions) => ({
    from: partitions.map(([from]) => from),
    to: partitions.map(([from, length]) => from + length),
  }))

describe('the ranges of segments', () => {
  it('follow on each other from one end to the other, none larger than it may be and none empty', () => {
    fc.assert(
      fc.property(range, fc.integer({ min: 1, max: 50 }), (whole, recordsMax) => {
        let place: readonly bigint[] = whole.from
        for (const { from, to } of segmentRanges(whole, recordsMax)) {
          expect(from).toEqual(place)
          const records = to.reduce((sum, end, partition) => sum + end - (from[partition] ?? 0n), 0n)
          expect(records).toBeGreaterThan(0n)
          expect(records).toBeLessThanOrEqual(BigInt(recordsMax))
          place = to
        }
        expect(place).toEqual(whole.to)
      }),
    )
  })
})
