import type { PageReading } from './page-reading.ts'

export interface PagePlainText {
  /** Blocks are apart by an empty line; a heading is a block. */
  readonly text: string
  /** How many templates the text does not show. */
  readonly omittedTemplates: number
}

/**
 * The text of a page without markup: headings, prose, lists, tables row by row, and the parameters of infoboxes. Null
 * for what is not wikitext; empty for a redirect.
 */
export function plainTextOf(page: PageReading): null | PagePlainText {
  if (page.form === 'other') return null
  const shown = page.form === 'redirect' ? [] : page.blocks
  const blocks = shown.map(({ reading }) =>
    reading.chunks.map(({ text, glue }, index) => (index === 0 ? text : glue + text)).join(''),
  )
  const omittedTemplates = shown.reduce((count, { reading }) => count + reading.omittedTemplates, 0)
  return { text: blocks.filter((block) => block !== '').join('\n\n'), omittedTemplates }
}
