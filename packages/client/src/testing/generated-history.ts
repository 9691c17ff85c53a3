import { BlockCache } from '@freshet/chunks'
import fc from 'fast-check'
import { type PageAct, PageHistory } from './page-history.ts'

const paragraph = fc.constantFrom(
  'Rain falls down.',
  'Snow falls slowly, and melts in spring.',
  'Rain falls down.',
  '東京は日本の首都である。京都ではない。',
  'الثلج يذوب في الربيع.',
  'หิมะละลายในฤดูใบไม้ผลิ',
  'A family of four: 👩‍👩‍👧 and e\u0301.',
  '* one\n* two {{clarify}}\n* three',
  '== Weather ==',
  '=== In the north ===',
  '{{Infobox weather\n| kind = rain\n| wet = yes\n}}',
  '[[Category:Weather]]',
  '',
)
const text = fc.array(paragraph, { maxLength: 8 }).map((paragraphs) => paragraphs.join('\n\n'))

const act: fc.Arbitrary<PageAct> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('edit', 'move'), text }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('delete', 'undelete', 'hide', 'show') }) },
)

/** Pages that come, change, come back to what they were, move, are hidden, deleted and undeleted. */
export const generatedHistories: fc.Arbitrary<readonly PageHistory[]> = fc
  .array(fc.array(act, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 })
  .map((pages) => {
    const cache = new BlockCache({ sourceLengthMax: 100_000 })
    return pages.map((acts, index) => new PageHistory(index + 1, 'en', cache, acts))
  })
