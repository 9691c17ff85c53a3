import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PAGES_MIN, STRETCH_BYTES, StretchIndex } from './stretch-index.ts'

const sample = fc.record({
  page: fc.constantFrom('a', 'b', 'c', 'd'),
  bytes: fc.uint8Array({ max: 1, maxLength: 24 }),
})

describe('the index of stretches', () => {
  it('counts for each on how many pages it stands, whatever the samples', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 12 }), (samples) => {
        const index = new StretchIndex(samples)
        const pagesOf = new Map<string, Set<string>>()
        for (const { page, bytes } of samples) {
          for (const stretch of stretchesOf(bytes)) {
            pagesOf.set(stretch, (pagesOf.get(stretch) ?? new Set()).add(page))
          }
        }
        for (const [at, stretch] of index.stretches.entries()) {
          if (stretch === 0) continue
          const count = pagesOf.get(hex(index.text, at))?.size ?? 0
          expect(index.pages[stretch]).toBe(count < PAGES_MIN ? 0 : count)
        }
        const found = index.stretches.filter((stretch) => stretch > 0).length
        expect(found).toBe(samples.reduce((sum, { bytes }) => sum + stretchesOf(bytes).length, 0))
      }),
    )
  })
})

function stretchesOf(bytes: Uint8Array): string[] {
  return Array.from({ length: Math.max(0, bytes.length - STRETCH_BYTES + 1) }, (_, at) => hex(bytes, at))
}

function hex(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.subarray(at, at + STRETCH_BYTES)).toString('hex')
}
