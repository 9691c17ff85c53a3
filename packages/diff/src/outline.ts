import { headingsOf } from './headings.ts'

/** A heading with the text below it, up to the next heading of any level; the first is the lead, without a heading. */
export interface Section {
  /** The titles from the outermost section to this one; empty for the lead. */
  readonly path: readonly string[]
  /** 0 for the lead, else 1 to 6. */
  readonly level: number
  /** The index of the section that this one is part of; undefined for the lead and outermost ones. */
  readonly parent: number | undefined
  /** The line of the heading (the first line for the lead), the first line below it, and the line after the last. */
  readonly start: number
  readonly bodyStart: number
  readonly end: number
}

/** The sections of a wikitext in order. Together they hold all lines. */
export function outlineOf(lines: readonly string[]): Section[] {
  const headings = headingsOf(lines)
  const lead = { path: [], level: 0, parent: undefined, start: 0, bodyStart: 0 }
  const sections: Section[] = [{ ...lead, end: headings[0]?.line ?? lines.length }]
  const open: number[] = []
  headings.forEach(({ line, level, title }, index) => {
    while (open.length > 0 && (sections[open.at(-1) as number] as Section).level >= level) open.pop()
    const parent = open.at(-1)
    const path = [...(parent === undefined ? [] : (sections[parent] as Section).path), title]
    const end = headings[index + 1]?.line ?? lines.length
    open.push(sections.length)
    sections.push({ path, level, parent, start: line, bodyStart: line + 1, end })
  })
  return sections
}
