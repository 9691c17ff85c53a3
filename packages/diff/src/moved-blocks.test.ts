import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyDiff, diffTexts, type LineOp } from './index.ts'

const section = (title: string, lines: number) =>
  [
    `== ${title} ==`,
    ...Array.from({ length: lines }, (_, line) => `Sentence ${line} about ${title}, told at some length.`),
    '',
  ].join('\n')

const history = section('History', 12)
const climate = section('Climate', 15)
const people = section('People', 20)

function opsOf(base: string, text: string): readonly LineOp[] {
  const diff = diffTexts(base, text)
  return 'ops' in diff ? diff.ops : expect.fail('the text was replaced')
}

describe('a moved section', () => {
  it('is cut in one place and pasted in the other', () => {
    expect(opsOf([history, climate, people].join('\n'), [climate, people, history].join('\n'))).toEqual([
      { cut: 14 },
      { keep: 39 },
      { paste: { from: 0, lines: 14 } },
    ])
  })

  it('is still one paste when lines of it were edited on the way', () => {
    const edited = history
      .replace('Sentence 3 about', 'A sentence about')
      .replace('Sentence 7 about', 'Another one about')
    expect(opsOf([history, climate, people].join('\n'), [climate, people, edited].join('\n'))).toEqual([
      { cut: 14 },
      { keep: 39 },
      {
        paste: {
          from: 0,
          lines: 14,
          changes: [
            { line: 4, change: [-10, 'A sentence'] },
            { line: 8, change: [-10, 'Another one'] },
          ],
        },
      },
    ])
  })

  it('is one paste when its heading was edited', () => {
    const renamed = history.replace('== History ==', '== History of the town ==')
    expect(opsOf([history, climate, people].join('\n'), [climate, people, renamed].join('\n'))).toEqual([
      { cut: 14 },
      { keep: 39 },
      { paste: { from: 0, lines: 14, changes: [{ line: 0, change: [11, 'of the town '] }] } },
    ])
  })

  it('of 43 KB costs less than 1 KB', () => {
    const long = section('Long', 950)
    expect(long.length).toBeGreaterThan(43_000)
    const diff = diffTexts(
      [history, long, people, climate].join('\n'),
      [history, people, climate, long].join('\n'),
    )
    expect(JSON.stringify(diff).length).toBeLessThan(1_000)
  })
})

it('a paragraph that moved and was edited is pasted with its changes', () => {
  const paragraph =
    'The river rises in the hills north of the town and reaches the sea after a hundred miles.'
  const base = `${paragraph}\n\n${climate}\n${people}`
  const text = `${climate}\n${people}\n${paragraph.replace('hundred miles', 'hundred and sixty kilometres')}\n`
  const pastes = opsOf(base, text).filter((op) => 'paste' in op)
  expect(pastes).toMatchObject([
    { paste: { from: 0, changes: [{ line: 0, change: [expect.anything(), -5, 'and sixty kilometres'] }] } },
  ])
})

it('every cut has its paste, of as many lines', () => {
  const sections = Array.from({ length: 8 }, (_, index) => section(`S${index}`, 3 + index))
  fc.assert(
    fc.property(fc.shuffledSubarray(sections, { minLength: 2 }), (shuffled) => {
      const base = sections.join('\n')
      const text = shuffled.join('\n')
      expect(applyDiff(base, diffTexts(base, text))).toBe(text)
      const cuts = new Map<number, number>()
      let at = 0
      const ops = opsOf(base, text)
      for (const op of ops) {
        if ('cut' in op) cuts.set(at, op.cut)
        at +=
          'keep' in op ? op.keep : 'delete' in op ? op.delete : 'cut' in op ? op.cut : 'change' in op ? 1 : 0
      }
      const pastes = ops.flatMap((op) => ('paste' in op ? [[op.paste.from, op.paste.lines] as const] : []))
      expect(new Map(pastes)).toEqual(cuts)
    }),
  )
})
