import { describe, expect, it } from 'vitest'
import { DEFAULT_DIFF_LIMITS } from './diff-limits.ts'
import { diffLines, type Gap } from './line-diff.ts'

/** Lines are the characters of a word. */
function gapsOf(base: string, text: string): readonly Gap[] {
  return diffLines([...base], [...text], DEFAULT_DIFF_LIMITS).gaps
}

describe('diffLines', () => {
  it('gives the lines that differ', () => {
    expect(gapsOf('abcdefg', 'abXdeg')).toEqual([
      { baseStart: 2, baseEnd: 3, textStart: 2, textEnd: 3 },
      { baseStart: 5, baseEnd: 6, textStart: 5, textEnd: 5 },
    ])
  })

  it('lets an inserted section begin with its heading, not with the blank line before', () => {
    const insertion = { baseStart: 3, baseEnd: 3, textStart: 3, textEnd: 6 }
    expect(gapsOf('Hx_Jz_', 'Hx_Iy_Jz_')).toEqual([insertion])
  })

  it('joins runs that can slide together', () => {
    expect(gapsOf('xaay', 'xay')).toEqual([{ baseStart: 2, baseEnd: 3, textStart: 2, textEnd: 2 }])
    expect(gapsOf('pabqabr', 'pr')).toEqual([{ baseStart: 1, baseEnd: 6, textStart: 1, textEnd: 1 }])
  })

  it('slides a run to a change of the other side, so that both are one replacement', () => {
    expect(gapsOf('kaab', 'kXab')).toEqual([{ baseStart: 1, baseEnd: 2, textStart: 1, textEnd: 2 }])
  })
})
