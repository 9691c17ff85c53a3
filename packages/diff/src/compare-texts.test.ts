import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CompareItem, compareTexts, type RevisionCompare } from './index.ts'
import { expectTrueLines, expectValidCompare, versionsOf } from './testing/compare-reading.ts'
import { editedTexts } from './testing/edited-texts.ts'
import { hasRealEdits, wikipediaEdits } from './testing/real-edits.ts'

const IDS = { from: 1, to: 2 }

function compared(base: string, text: string): RevisionCompare {
  return compareTexts(base, text, IDS) ?? expect.fail('too many lines differ')
}

function itemsOf(base: string, text: string): readonly CompareItem[] {
  return compared(base, text).diff
}

describe('compareTexts', () => {
  it('shows changed words with byte offsets and two lines of context', () => {
    expect(
      itemsOf('1\n2\n3\n日本語のテキスト\n5\n6\n7\n8', '1\n2\n3\n日本人のテキスト。\n5\n6\n7\n8'),
    ).toEqual([
      { type: 0, lineNumber: 2, text: '2', offset: { from: 2, to: 2 } },
      { type: 0, lineNumber: 3, text: '3', offset: { from: 4, to: 4 } },
      {
        type: 3,
        lineNumber: 4,
        text: '日本語人のテキスト。',
        offset: { from: 6, to: 6 },
        highlightRanges: [
          { start: 6, length: 3, type: 1 },
          { start: 9, length: 3, type: 0 },
          { start: 27, length: 3, type: 0 },
        ],
      },
      { type: 0, lineNumber: 5, text: '5', offset: { from: 31, to: 34 } },
      { type: 0, lineNumber: 6, text: '6', offset: { from: 33, to: 36 } },
    ])
  })

  it('links the two ends of a move, with what was edited on the way', () => {
    const items = itemsOf('k\none two three four five six\nx\ny\nv', 'k\nx\ny\none two 3 four five six\nv')
    expect(items.filter((item) => item.type > 3)).toEqual([
      {
        type: 4,
        moveInfo: { id: 'movedpara_1_0_lhs', linkId: 'movedpara_3_0_rhs', linkDirection: 0 },
        text: 'one two three four five six',
        offset: { from: 2, to: null },
      },
      {
        type: 5,
        lineNumber: 4,
        moveInfo: { id: 'movedpara_3_0_rhs', linkId: 'movedpara_1_0_lhs', linkDirection: 1 },
        text: 'one two three3 four five six',
        offset: { from: null, to: 6 },
        highlightRanges: [
          { start: 8, length: 5, type: 1 },
          { start: 13, length: 1, type: 0 },
        ],
      },
    ])
  })

  it('lists the sections of both sides, the lead left out', () => {
    const compare = compareTexts('é\n== A ==\n', '== B ==\n<!--\n== no ==\n-->\n===C=== ', {
      from: null,
      to: 7,
    })
    expect(compare?.from).toEqual({
      id: null,
      slot_role: 'main',
      sections: [{ level: 2, heading: '== A ==', offset: 3 }],
    })
    expect(compare?.to.sections).toEqual([
      { level: 2, heading: '== B ==', offset: 0 },
      { level: 3, heading: '===C=== ', offset: 26 },
    ])
  })

  it('does not see a final newline, as MediaWiki does not', () => {
    expect(itemsOf('a\nb', 'a\nb\n')).toEqual([])
    expect(itemsOf('', 'a')).toEqual([{ type: 1, lineNumber: 1, text: 'a', offset: { from: null, to: 0 } }])
  })

  it('is not made when more than 10,000 lines differ', () => {
    const lines = Array.from({ length: 5_001 }, (_, line) => `${line}`)
    expect(compareTexts(lines.join('\n'), lines.map((line) => `-${line}`).join('\n'), IDS)).toBeUndefined()
  })

  it('is valid and tells the true lines of any two texts', () => {
    const storableTexts = editedTexts.map(
      ([base, text]) => [base.toWellFormed(), text.toWellFormed()] as const,
    )
    fc.assert(
      fc.property(storableTexts, ([base, text]) => {
        const compare = compared(base, text)
        expectValidCompare(compare)
        expectTrueLines(compare, base, text)
      }),
      { numRuns: 500 },
    )
  })
})

describe.skipIf(!hasRealEdits)('compareTexts on 125 edits of Wikipedia', () => {
  it('is valid and tells the true lines', () => {
    for (const { base, text } of wikipediaEdits()) {
      const compare = compared(base, text)
      expectValidCompare(compare)
      expectTrueLines(compare, base, text)
    }
  })

  it.skipIf(!hasWikidiff2())('does to the lines what wikidiff2 does in at least 85 % of them', () => {
    const edits = wikipediaEdits()
    const expected = wikidiff2(edits.map(({ base, text }) => [base, text]))
    const agreeing = edits.filter(({ base, text }, index) => {
      return JSON.stringify(itemsOf(base, text).map(lineOf)) === JSON.stringify(expected[index]?.map(lineOf))
    })
    expect(agreeing.length / edits.length).toBeGreaterThanOrEqual(0.85)
  })
})

function lineOf(item: CompareItem) {
  return {
    type: item.type,
    lineNumber: 'lineNumber' in item ? item.lineNumber : undefined,
    ...versionsOf(item),
  }
}

function hasWikidiff2(): boolean {
  return spawnSync('php', ['-r', 'exit(extension_loaded("wikidiff2") ? 0 : 1);']).status === 0
}

function wikidiff2(pairs: readonly (readonly string[])[]): CompareItem[][] {
  const script = `$out = [];
    foreach (json_decode(stream_get_contents(STDIN)) as [$base, $text])
      $out[] = json_decode(wikidiff2_inline_json_diff($base, $text, 2))->diff;
    echo json_encode($out);`
  const output = execFileSync('php', ['-d', 'memory_limit=1G', '-r', script], {
    input: JSON.stringify(pairs),
    maxBuffer: 256 * 1024 * 1024,
  })
  return JSON.parse(output.toString())
}
