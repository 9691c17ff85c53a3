import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wordEnds } from './words.ts'

function wordsOf(line: string): string[] {
  const ends = wordEnds(line)
  return ends.map((end, index) => line.slice(ends[index - 1] ?? 0, end))
}

const awkwardText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom(
        'e\u0301',
        '\u0301',
        '\u200d',
        '\u{1f469}\u{1f3fd}',
        '\ud83d',
        'कि',
        'ที่',
        'မြန်',
        '漢',
        'a',
        ' ',
      ),
    ),
  )
  .map((parts) => parts.join(''))

describe('words', () => {
  it.each([
    [
      'letters, digits and underscores run together',
      'The 2nd foo_bar!',
      ['The', ' ', '2nd', ' ', 'foo_bar', '!'],
    ],
    ['punctuation stands alone', "''[[a]]", ["'", "'", '[', '[', 'a', ']', ']']],
    ['Chinese and Japanese go by character', '日本語のテキスト', [...'日本語のテキスト']],
    ['Thai goes by dictionary', 'ภาษาไทยง่าย', ['ภาษา', 'ไทย', 'ง่าย']],
    ['Hindi keeps its vowel signs', 'हिन्दी भाषा', ['हिन्दी', ' ', 'भाषा']],
    ['a letter keeps its combining accents', 'cafe\u0301s', ['cafe\u0301s']],
    [
      'emoji keep what is joined to them',
      '\u{1f469}\u{1f3fd}\u200d\u{1f4bb}\u{1f600}',
      ['\u{1f469}\u{1f3fd}\u200d\u{1f4bb}', '\u{1f600}'],
    ],
    [
      'flags stay whole',
      '\u{1f1eb}\u{1f1ee}\u{1f1f8}\u{1f1ea}',
      ['\u{1f1eb}\u{1f1ee}', '\u{1f1f8}\u{1f1ea}'],
    ],
  ])('%s', (_, line, words) => {
    expect(wordsOf(line)).toEqual(words)
  })

  it('are the whole line', () => {
    fc.assert(
      fc.property(awkwardText, (line) => wordsOf(line).join('') === line),
      { numRuns: 1_000 },
    )
  })

  it('never end inside a surrogate pair or before a combining mark', () => {
    fc.assert(
      fc.property(awkwardText, (line) => {
        for (const end of wordEnds(line).slice(0, -1)) {
          expect(line.slice(end)).not.toMatch(/^\p{M}/u)
          expect(
            /[\ud800-\udbff]$/.test(line.slice(0, end)) && /^[\udc00-\udfff]/.test(line.slice(end)),
          ).toBe(false)
        }
      }),
      // ICU's dictionary breaks this one before its last mark.
      { numRuns: 1_000, examples: [['ทตผรณฯ\u0e49']] },
    )
  })
})
