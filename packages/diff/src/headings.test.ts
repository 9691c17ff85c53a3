import { expect, it } from 'vitest'
import { headingsOf } from './headings.ts'

it.each([
  ['== Two ==', 2, 'Two'],
  ['=One=', 1, 'One'],
  ['== Uneven ===', 2, 'Uneven ='],
  ['======= Seven =======', 6, '= Seven ='],
  ['== Spaces after ==  \t', 2, 'Spaces after'],
  ['== Comment == <!-- here --> <!-- there -->', 2, 'Comment'],
  ["== ''Markup'' [[stays]] ==", 2, "''Markup'' [[stays]]"],
  ['=====', 2, '='],
  ['====', 1, '=='],
])('%s is a heading', (line, level, title) => {
  expect(headingsOf([line])).toEqual([{ line: 0, offset: 0, level, title }])
})

it.each(['== Open', 'text ==', '==', ' == Indented ==', '== Text == after'])('%s is none', (line) => {
  expect(headingsOf([line])).toEqual([])
})

it.each([
  ['a comment', '<!--\n== A ==\n-->', []],
  ['a comment that is never closed', '== A ==\n<!--\n== B ==', ['A']],
  ['a verbatim block, whatever its case', '<PRE class="x">\n== A ==\n</pre >\n== B ==', ['B']],
  ['a tag that is never closed, which is none', '<nowiki>\n== A ==', ['A']],
  ['a tag that closes itself', '<nowiki/>\n== A ==\n<nowiki>x</nowiki>', ['A']],
  ['a tag in a comment, which opens nothing', '<!-- <pre> -->\n== A ==\n<pre>x</pre>', ['A']],
  ['a longer tag of the same beginning', '<preface>\n== A ==\n</pre>', ['A']],
])('%s', (_, text, titles) => {
  expect(headingsOf(text.split('\n')).map(({ title }) => title)).toEqual(titles)
})
