import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_DIFF_LIMITS, StepBudget } from './diff-limits.ts'
import { matchSequences, UNMATCHED } from './sequence-matches.ts'

const sequence = fc.array(fc.nat(5), { maxLength: 40 })

function matchesOf(a: number[], b: number[], stepsMax: number): [number, number][] {
  const matches = matchSequences(Int32Array.from(a), Int32Array.from(b), new StepBudget({ stepsMax }))
  return [...matches].flatMap((partner, index): [number, number][] =>
    partner === UNMATCHED ? [] : [[index, partner]],
  )
}

function expectCommonSubsequence(a: number[], b: number[], matches: [number, number][]): void {
  let before = -1
  for (const [inA, inB] of matches) {
    expect(a[inA]).toBe(b[inB])
    expect(inB).toBeGreaterThan(before)
    before = inB
  }
}

/** By the textbook, in quadratic time. */
function longestLength(a: number[], b: number[]): number {
  let row = new Array<number>(b.length + 1).fill(0)
  for (const element of a) {
    const next = [0]
    b.forEach((other, j) => {
      next.push(
        element === other ? (row[j] as number) + 1 : Math.max(row[j + 1] as number, next[j] as number),
      )
    })
    row = next
  }
  return row[b.length] as number
}

describe('matchSequences', () => {
  it('finds a longest common subsequence', () => {
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        const matches = matchesOf(a, b, DEFAULT_DIFF_LIMITS.stepsMax)
        expectCommonSubsequence(a, b, matches)
        expect(matches.length).toBe(longestLength(a, b))
      }),
      { numRuns: 3_000 },
    )
  })

  it('finds a common subsequence with any budget', () => {
    fc.assert(
      fc.property(sequence, sequence, fc.nat(200), (a, b, stepsMax) => {
        expectCommonSubsequence(a, b, matchesOf(a, b, stepsMax))
      }),
      { numRuns: 1_000 },
    )
  })

  it('falls back to elements that occur once when the search is too long', () => {
    const a = Array.from({ length: 2_000 }, (_, index) => index)
    const b = a.map((element) => (element % 2 === 0 ? element : 1_999 - element + 1))
    const budget = new StepBudget({ stepsMax: 20_000 })
    const matches = matchSequences(Int32Array.from(a), Int32Array.from(b), budget)
    expect(budget.isExceeded).toBe(true)
    expect(matches.filter((partner) => partner !== UNMATCHED).length).toBeGreaterThanOrEqual(1_000)
  })
})
