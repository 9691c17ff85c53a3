import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cursor, decodeCursor, encodeCursor, MovingCursor } from './cursor.ts'
import { ProtocolError } from './errors.ts'

const LOG = 'kUl4Qm2x9A'
const offset = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
const offsets = fc.array(offset, { minLength: 1, maxLength: 12 })

function codeOf(text: string, ends: readonly bigint[], id: string = LOG): string {
  try {
    decodeCursor(text, { id, ends })
    return 'accepted'
  } catch (error) {
    if (error instanceof ProtocolError) return error.code
    throw error
  }
}

describe('cursor', () => {
  it('gives back the offsets it was made of, for any offsets', () => {
    fc.assert(
      fc.property(offsets, (given) => {
        expect(decodeCursor(encodeCursor(LOG, given), { id: LOG, ends: given })).toEqual(given)
      }),
    )
  })

  it('is made of characters that need no escaping in a URL', () => {
    const cursor = encodeCursor(LOG, [0n, 36n ** 5n])
    expect(encodeURIComponent(cursor)).toBe(cursor)
  })

  it('is refused as malformed when cut short anywhere', () => {
    const ends = [7n, 12_345n, 0n]
    const cursor = encodeCursor(LOG, ends)
    for (let length = 0; length < cursor.length; length++) {
      expect(codeOf(cursor.slice(0, length), ends)).toBe('cursor_malformed')
    }
  })

  it('is refused as malformed when one character is another, or two neighbours are swapped', () => {
    const characters = '0123456789abcdefghijklmnopqrstuvwxyzABCXYZ~.-_ '
    fc.assert(
      fc.property(offsets, fc.nat(), fc.constantFrom(...characters), (given, at, character) => {
        const cursor = encodeCursor(LOG, given)
        const index = at % cursor.length
        const replaced = cursor.slice(0, index) + character + cursor.slice(index + 1)
        if (replaced !== cursor) expect(codeOf(replaced, given)).toBe('cursor_malformed')
        const pair = cursor.slice(index, index + 2)
        const swapped = cursor.slice(0, index) + [...pair].toReversed().join('') + cursor.slice(index + 2)
        if (swapped !== cursor) expect(codeOf(swapped, given)).toBe('cursor_malformed')
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['another log', 'cursor_other_log', [5n, 6n], 'otherLog12'],
    ['fewer partitions', 'cursor_wrong_partitions', [5n, 6n, 7n], LOG],
    ['an end before it', 'cursor_beyond_end', [5n, 5n], LOG],
  ])('is refused with a code of its own by a log with %s', (_, code, ends, id) => {
    expect(codeOf(encodeCursor(LOG, [5n, 6n]), ends, id)).toBe(code)
  })

  it('has one text only: leading zeros and offsets past 2^63 are malformed', () => {
    const cursor = encodeCursor(LOG, [2n ** 63n])
    expect(codeOf(cursor, [2n ** 64n])).toBe('cursor_malformed')
    expect(codeOf(`${LOG}~00~0000`, [1n])).toBe('cursor_malformed')
  })

  it('refuses hostile texts of any kind without another error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(codeOf(text, [1n])).toBe('cursor_malformed')
      }),
    )
    expect(codeOf(`${LOG}~${'0.'.repeat(500_000)}0~0000`, [1n])).toBe('cursor_malformed')
  })
})

describe('MovingCursor', () => {
  it('writes the same text as the cursor of its offsets, whatever the moves', () => {
    const moves = fc.array(fc.tuple(fc.nat(), offset), { maxLength: 30 })
    fc.assert(
      fc.property(offsets, moves, (start, steps) => {
        const moving = new MovingCursor(LOG, start)
        const expected = [...start]
        expect(moving.toCursor()).toBe(encodeCursor(LOG, start))
        for (const [at, next] of steps) {
          const partition = at % start.length
          moving.moveTo(partition, next)
          expected[partition] = next
          expect(moving.toCursor()).toBe<Cursor>(encodeCursor(LOG, expected))
        }
        expect(moving.offsets).toEqual(expected)
      }),
    )
  })

  it('rewrites a text of the same form into the one that it would write anew', () => {
    const near = fc.nat({ max: 3_000 }).map(BigInt)
    const next = fc.oneof({ weight: 9, arbitrary: near }, offset)
    const moves = fc.array(fc.tuple(fc.nat({ max: 9 }), next), { minLength: 10, maxLength: 50 })
    let rewritten = 0
    fc.assert(
      fc.property(offsets, moves, (start, steps) => {
        const moving = new MovingCursor(LOG, start)
        let form = -1
        let text = new Uint8Array()
        let partition = 0
        for (const [turn, next] of steps) {
          if (turn === 0) partition = (partition + 1) % start.length
          moving.moveTo(partition, next)
          if (moving.form === form) {
            moving.rewrite(text, 3)
            rewritten++
          } else text = Buffer.from(`...${moving.toCursor()}...`)
          form = moving.form
          expect(Buffer.from(text).toString()).toBe(`...${moving.toCursor()}...`)
        }
      }),
    )
    expect(rewritten).toBeGreaterThan(50)
  })
})
