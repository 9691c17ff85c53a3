/**
 * For text of several lines that is to be one: items of a list are set apart by commas, marks of a table within are
 * removed.
 */
export function withoutLineMarks(rendered: string): string {
  const text = rendered.trim()
  if (!/^[*#:;]|\n/.test(text)) return text
  const withoutTable = text.includes('{|') ? text.replace(TABLE_MARK, ' ') : text
  return withoutTable
    .replace(/^[*#:;]{1,5}/, '')
    .replace(ITEM_MARK, (_run, colon: string) => (colon === '' ? ', ' : ': '))
}

/** After a colon the first item needs no comma. Counted, so that runs of white space cost nothing. */
const ITEM_MARK = /(:?)[ \t]{0,9}\n[*#:;]{1,5}/g
const TABLE_MARK = /(?:^|\n)[ \t]{0,9}(?:\{\|[^\n]*|\|-[^\n]*|\|\}|\|\+|[|!])/g
