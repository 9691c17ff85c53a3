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
