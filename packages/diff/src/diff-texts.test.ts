import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyDiff, DamagedDiffError, diffTexts, invertDiff, type TextDiff, WrongBaseError } from './index.ts'
import { editedTexts } from './testing/edited-texts.ts'

function throughJson(diff: TextDiff): TextDiff {
  return JSON.parse(JSON.stringify(diff))
}

describe('diffTexts', () => {
  it('says what happened to each line', () => {
    const kept = 'one\ntwo\nthree\nfour\nfive, which was here before and is longer than what is said about it'
    const diff = diffTexts(`${kept}\nteh last line of them all\n`, `${kept}\nthe last line of them all\n`)
    expect(diff).toMatchObject({ unit: 'line', coarse: false })
    expect('ops' in diff && diff.ops).toEqual([{ keep: 5 }, { change: [-3, 'the'] }])
  })

  it('leads from any text to any other and back', () => {
    fc.assert(
      fc.property(editedTexts, ([base, text]) => {
        const diff = throughJson(diffTexts(base, text))
        expect(applyDiff(base, diff)).toBe(text)
        expect(applyDiff(text, throughJson(invertDiff(base, diff)))).toBe(base)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is just as exact when it may do next to no work, and says that it is coarse', () => {
    fc.assert(
      fc.property(editedTexts, fc.nat(300), ([base, text], stepsMax) => {
        expect(applyDiff(base, throughJson(diffTexts(base, text, { stepsMax })))).toBe(text)
      }),
    )
    expect(diffTexts('a b\nc d', 'c d\na b', { stepsMax: 0 }).coarse).toBe(true)
  })

  it('replaces the text where ops would be longer', () => {
    expect(diffTexts('some text', '')).toMatchObject({ replace: '' })
    expect(diffTexts('a\nb', 'c')).toMatchObject({ replace: 'c' })
  })

  it('takes a line whole where its many changes would be longer', () => {
    const context = 'a line that makes ops worth while\n'.repeat(9)
    const base = Array.from({ length: 20 }, (_, index) => `k${index},1`).join(',')
    const diff = diffTexts(context + base, context + base.replaceAll(',1', ',2'))
    expect('ops' in diff && diff.ops).toEqual([
      { keep: 9 },
      { delete: 1 },
      { insert: [base.replaceAll(',1', ',2')] },
    ])
  })

  it('has no ops when nothing changed', () => {
    expect(diffTexts('same', 'same')).toMatchObject({ ops: [] })
    expect(diffTexts('', '')).toMatchObject({ ops: [] })
  })
})

describe('applyDiff', () => {
  const base = `first line\nsecond line\n${'a line that makes ops worth while\n'.repeat(9)}`
  const diff = diffTexts(
    base,
    `${base}and a third line, long enough to be worth an op\nand a fourth one, likewise\n`,
  )

  it('refuses another base', () => {
    expect(() => applyDiff(`${base} `, diff)).toThrow(WrongBaseError)
  })

  it('refuses a damaged diff', () => {
    const beyond = { ...diff, ops: [{ keep: 99 }] }
    const other = { ...diff, ops: [{ insert: ['other'] }] }
    expect(() => applyDiff(base, beyond)).toThrow(DamagedDiffError)
    expect(() => applyDiff(base, other)).toThrow(DamagedDiffError)
  })
})
