import { describe, expect, it } from 'vitest'
import { DEFAULT_DIFF_LIMITS, StepBudget } from './diff-limits.ts'
import { pairLines } from './line-pairs.ts'
import { Numbering } from './numbering.ts'
import { wordBag } from './similar-lines.ts'
import { readWords } from './word-diff.ts'

function pairsOf(base: readonly string[], text: readonly string[]): [number, number][] {
  const numbering = new Numbering()
  const bags = (lines: readonly string[]) => lines.map((line) => wordBag(readWords(line, numbering)))
  return pairLines(bags(base), bags(text), new StepBudget(DEFAULT_DIFF_LIMITS)).map(({ base, text }) => [
    base,
    text,
  ])
}

describe('pairLines', () => {
  it('pairs the lines that share the most, in order', () => {
    const base = ['the river rises in the hills', 'the town has a harbour']
    const text = ['something else entirely', 'the river now rises in the hills', 'the old town has a harbour']
    expect(pairsOf(base, text)).toEqual([
      [0, 1],
      [1, 2],
    ])
  })

  it('leaves lines alone that have too little in common', () => {
    expect(pairsOf(['the river rises in the hills'], ['the harbour was built by monks'])).toEqual([])
  })

  it('does not count spaces as something in common', () => {
    expect(pairsOf(['a         b'], ['c         d'])).toEqual([])
  })

  it('finds the pairs among very many lines, wherever new ones came in between', () => {
    const base = Array.from({ length: 400 }, (_, line) => `* entry${line} of the list, which was long`)
    const text = base.map((line) => line.replace('was', 'is'))
    text.splice(
      0,
      0,
      ...Array.from({ length: 120 }, (_, line) => `# nothing like it, in no way: number ${line}`),
    )
    expect(pairsOf(base, text)).toEqual(base.map((_, line) => [line, line + 120]))
  })

  it('pairs very many lines by position when they have no rare words', () => {
    const base = Array.from({ length: 100 }, (_, line) => `| ${line % 3} || ${line % 5} || no`)
    const text = base.map((line) => line.replace('no', 'yes'))
    expect(pairsOf(base, text)).toEqual(base.map((_, line) => [line, line]))
  })
})
