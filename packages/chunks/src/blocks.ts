import { logicalLines } from './logical-lines.ts'
import { isRecord } from './records.ts'
import { isTableEnd, isTableStart } from './table-rows.ts'
import type { WikiLanguage } from './wiki-language.ts'
import type { Span, WikitextNode } from './wikitext-node.ts'
import { scanWikitext } from './wikitext-scanner.ts'

/**
 * `record`: a template that stands by itself and is made of named parameters, such as an infobox. `template`: another
 * that stands by itself.
 */
export type BlockKind = 'heading' | 'prose' | 'list' | 'table' | 'record' | 'template'

export interface Block {
  readonly kind: BlockKind
  readonly source: string
  /** Of a heading: 1 to 6. Of other blocks 0. */
  readonly level: number
}

/**
 * The blocks of a text in order. They leave out nothing but blank lines and lines with only comments. A block is what
 * is read on its own: what it says depends on its source, never on its neighbours.
 */
export function blocksOf(text: string, language: WikiLanguage): readonly Block[] {
  const nodes = scanWikitext(text, language)
  return new BlockBuilder(text, nodes, language).build()
}

/** A table that is never closed ends at the first blank line, and after so many lines in any case. */
const UNCLOSED_TABLE_LINES_MAX = 400

class BlockBuilder {
  readonly #text: string
  readonly #nodes: readonly WikitextNode[]
  readonly #language: WikiLanguage
  readonly #lines: readonly Span[]
  readonly #blocks: Block[] = []
  /** Index of the first node that does not end before the current line. */
  #node = 0
  /** Prose or a list that may go on. */
  #open: undefined | { readonly kind: 'prose' | 'list'; readonly start: number; end: number }

  constructor(text: string, nodes: readonly WikitextNode[], language: WikiLanguage) {
    this.#text = text
    this.#nodes = nodes
    this.#language = language
    this.#lines = logicalLines(text, { start: 0, end: text.length }, nodes)
  }

  build(): readonly Block[] {
    const tableEnds = this.#tableEnds()
    for (let index = 0; index < this.#lines.length; index++) {
      const line = this.#lines[index] as Span
      if (isTableStart(this.#text, line)) {
        const last = tableEnds.get(index) ?? this.#unclosedTableEnd(index)
        this.#push('table', { start: line.start, end: (this.#lines[last] as Span).end })
        index = last
      } else this.#takeLine(line)
    }
    this.#closeOpen()
    return this.#blocks
  }

  #takeLine(line: Span): void {
    const leading = this.#leadingNodes(line)
    const isWhole = this.#isBlank(leading.at(-1)?.end ?? line.start, line.end)
    if (isWhole) {
      if (leading.length === 0) this.#closeOpen()
      this.#pushTemplates(leading)
      return
    }
    // Prose often begins right behind the braces of an infobox.
    const firstOther = leading.findIndex((node) => !this.#isRecord(node))
    const records = firstOther < 0 ? leading : leading.slice(0, firstOther)
    this.#pushTemplates(records)
    this.#takeText(this.#trimmed(records.at(-1)?.end ?? line.start, line))
  }

  #takeText(line: Span): void {
    const level = headingLevel(this.#text, line)
    if (level > 0) this.#push('heading', line, level)
    else this.#grow(/[*#:;]/.test(this.#text.charAt(line.start)) ? 'list' : 'prose', line)
  }

  /** Templates and comments that the line begins with, with nothing but white space between. */
  #leadingNodes(line: Span): readonly WikitextNode[] {
    while ((this.#nodes[this.#node]?.end ?? line.end) <= line.start && this.#node < this.#nodes.length)
      this.#node++
    const leading: WikitextNode[] = []
    let at = line.start
    for (let index = this.#node; index < this.#nodes.length; index++) {
      const node = this.#nodes[index] as WikitextNode
      const isOwn = node.kind === 'template' || node.kind === 'comment'
      if (node.start >= line.end || !isOwn || !this.#isBlank(at, node.start)) break
      leading.push(node)
      at = node.end
    }
    return leading
  }

  #isRecord(node: WikitextNode): boolean {
    return node.kind === 'template' && isRecord(this.#text, node, this.#language)
  }

  #isBlank(start: number, end: number): boolean {
    return this.#text.slice(start, end).trim() === ''
  }

  /** White space at the start of a whole line means something; behind a record it does not. */
  #trimmed(start: number, line: Span): Span {
    if (start === line.start) return line
    return { start: line.end - this.#text.slice(start, line.end).trimStart().length, end: line.end }
  }

  /** Each record is a block; other templates side by side are one. */
  #pushTemplates(nodes: readonly WikitextNode[]): void {
    let others: undefined | { readonly start: number; end: number }
    const endOthers = () => {
      if (others !== undefined) this.#push('template', others)
      others = undefined
    }
    for (const node of nodes) {
      if (node.kind !== 'template') continue
      if (this.#isRecord(node)) {
        endOthers()
        this.#push('record', node)
      } else if (others === undefined) others = { start: node.start, end: node.end }
      else others.end = node.end
    }
    endOthers()
  }

  #push(kind: BlockKind, span: Span, level = 0): void {
    this.#closeOpen()
    this.#blocks.push({ kind, source: this.#text.slice(span.start, span.end), level })
  }

  #grow(kind: 'prose' | 'list', line: Span): void {
    if (this.#open?.kind === kind) {
      this.#open.end = line.end
      return
    }
    this.#closeOpen()
    this.#open = { kind, start: line.start, end: line.end }
  }

  #closeOpen(): void {
    if (this.#open === undefined) return
    const { kind, start, end } = this.#open
    this.#open = undefined
    this.#push(kind, { start, end })
  }

  /** Index of the line that ends a table, by the index of the line that starts it. Of nested tables both are there. */
  #tableEnds(): ReadonlyMap<number, number> {
    const ends = new Map<number, number>()
    const open: number[] = []
    for (const [index, line] of this.#lines.entries()) {
      if (isTableStart(this.#text, line)) open.push(index)
      else if (isTableEnd(this.#text, line)) {
        const start = open.pop()
        if (start !== undefined) ends.set(start, index)
      }
    }
    return ends
  }

  #unclosedTableEnd(start: number): number {
    const max = Math.min(start + UNCLOSED_TABLE_LINES_MAX, this.#lines.length) - 1
    for (let index = start + 1; index <= max; index++) {
      const line = this.#lines[index] as Span
      if (this.#isBlank(line.start, line.end) || headingLevel(this.#text, line) > 0) return index - 1
    }
    return max
  }
}

/** 1 to 6; 0 when the line is no heading. Comments may follow it. */
function headingLevel(text: string, line: Span): number {
  if (text.charAt(line.start) !== '=') return 0
  const written = withoutTrailingComments(text.slice(line.start, line.end))
  let level = 0
  while (level < HEADING_LEVEL_MAX && written[level] === '=' && written[written.length - 1 - level] === '=')
    level++
  return Math.min(level, Math.floor((written.length - 1) / 2))
}

const HEADING_LEVEL_MAX = 6

export function headingTitle(source: string, level: number): Span {
  const { length } = withoutTrailingComments(source)
  return { start: level, end: length - level }
}

function withoutTrailingComments(line: string): string {
  let written = line.trimEnd()
  while (written.endsWith('-->')) {
    const start = written.lastIndexOf('<!--')
    if (start < 0) break
    written = written.slice(0, start).trimEnd()
  }
  return written
}
