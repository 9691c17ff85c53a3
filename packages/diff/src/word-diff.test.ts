import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_DIFF_LIMITS, StepBudget } from './diff-limits.ts'
import { diffTexts, type WordOp } from './index.ts'
import { Numbering } from './numbering.ts'
import { editedTexts } from './testing/edited-texts.ts'
import { diffWords, joinReplacements, readWords } from './word-diff.ts'

function stepsOf(base: string, text: string): readonly WordOp[] {
  const context = 'a line that stays as it is, to make ops worth while\n'.repeat(5)
  const diff = diffTexts(context + base, context + text)
  const change = 'ops' in diff ? diff.ops.find((op) => 'change' in op) : undefined
  return change?.change ?? expect.fail('the line is not seen as edited')
}

describe('the words of an edited line', () => {
  it.each([
    ['a word that came', 'the old town hall', 'the very old town hall', [4, 'very ']],
    ['a word that went', 'the very old town hall', 'the old town hall', [4, -5]],
    [
      'two words replaced, as one step',
      'see the old hall in town',
      'see an ancient hall in town',
      [4, -7, 'an ancient'],
    ],
    [
      'an emoji, counted as one code point',
      'I \u{1f600} like \u{1f600} it',
      'I \u{1f600} like \u{1f601} it',
      [9, -1, '\u{1f601}'],
    ],
    ['a letter that got an accent', 'the cafe opens', 'the cafe\u0301 opens', [4, -4, 'cafe\u0301']],
    ['one Thai word', 'เขาชอบกินข้าวมาก', 'เขาชอบกินปลามาก', [9, -4, 'ปลา']],
  ])('%s', (_, base, text, steps) => {
    expect(stepsOf(base, text)).toEqual(steps)
  })
})

const chineseLine = fc
  .array(fc.integer({ min: 0x4e00, max: 0x9fff }), { minLength: 30, maxLength: 120 })
  .map((codes) => String.fromCodePoint(...codes))

it('an edit of Chinese text highlights at most the changed characters plus two', () => {
  const edits = fc.record({
    line: chineseLine,
    at: fc.nat(29),
    gone: fc.nat(6),
    come: chineseLine.map((line) => line.slice(0, 6)),
  })
  fc.assert(
    fc.property(edits, ({ line, at, gone, come }) => {
      const text = line.slice(0, at) + come + line.slice(at + gone)
      const steps = stepsOf(line, text)
      const dropped = steps.reduce(
        (sum: number, step) => (typeof step === 'number' && step < 0 ? sum - step : sum),
        0,
      )
      const inserted = steps.reduce(
        (sum: number, step) => (typeof step === 'string' ? sum + step.length : sum),
        0,
      )
      expect(dropped).toBeLessThanOrEqual(gone + 2)
      expect(inserted).toBeLessThanOrEqual(come.length + 2)
    }),
    { numRuns: 500 },
  )
})

it('no change starts or ends inside a surrogate pair or before a combining mark', () => {
  fc.assert(
    fc.property(editedTexts, ([base, text]) => {
      const numbering = new Numbering()
      const budget = new StepBudget(DEFAULT_DIFF_LIMITS)
      const changes = diffWords(readWords(base, numbering), readWords(text, numbering), budget)
      for (const change of [...changes, ...joinReplacements(base, changes)]) {
        expect(isTorn(base, change.baseStart) || isTorn(base, change.baseEnd)).toBe(false)
        expect(isTorn(text, change.textStart) || isTorn(text, change.textEnd)).toBe(false)
      }
    }),
    { numRuns: 2_000 },
  )
})

function isTorn(line: string, at: number): boolean {
  if (at === 0 || at === line.length) return false
  const isPair = /[\ud800-\udbff]$/.test(line.slice(0, at)) && /^[\udc00-\udfff]/.test(line.slice(at))
  return isPair || /^\p{M}/u.test(line.slice(at))
}
