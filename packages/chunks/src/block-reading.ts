import { type BlockFacts, blockFacts } from './block-facts.ts'
import { type Block, headingTitle } from './blocks.ts'
import { CHUNKER_VERSION, type ChunkKind, chunkIdOf } from './chunk.ts'
import { withoutLineMarks } from './line-marks.ts'
import { logicalLines } from './logical-lines.ts'
import { PlainTextRenderer } from './plain-text.ts'
import { type RecordEntry, recordEntries } from './records.ts'
import { sentencesOf } from './sentences.ts'
import { tableRows } from './table-rows.ts'
import { templateName } from './template-parameters.ts'
import { type PlainText, tidyText } from './tidy-text.ts'
import type { Unit } from './unit.ts'
import { cutUnits, type UnitRun } from './unit-cuts.ts'
import type { WikiLanguage } from './wiki-language.ts'
import type { Span, WikitextNode } from './wikitext-node.ts'
import { scanWikitext } from './wikitext-scanner.ts'

/** All that a block says: a function of its kind and source alone, so that it need not be found twice. */
export interface BlockReading {
  readonly chunks: readonly BlockChunk[]
  readonly facts: BlockFacts
  /** Of its templates those that the text does not show. */
  readonly omittedTemplates: number
}

export interface BlockChunk extends UnitRun {
  /** Of the first chunk in a page with this text. */
  readonly id: string
  readonly kind: ChunkKind
}

/** A heading's one run of text is its title. */
export function readBlock({ kind, source, level }: Block, language: WikiLanguage): BlockReading {
  const nodes = scanWikitext(source, language)
  const reader = new BlockReader(source, nodes, language)
  const { units, chunkKind } = reader.units(kind, level)
  const chunks = cutUnits(units).map((run) => chunkOf(run, chunkKind))
  return {
    chunks,
    omittedTemplates: reader.omittedTemplates,
    facts: blockFacts(source, nodes, reader.entries, language),
  }
}

export function chunkOf(run: UnitRun, kind: ChunkKind): BlockChunk {
  return { ...run, kind, id: chunkIdOf(CHUNKER_VERSION, kind, run.text) }
}

class BlockReader {
  readonly #source: string
  readonly #nodes: readonly WikitextNode[]
  readonly #language: WikiLanguage
  readonly #renderer: PlainTextRenderer
  omittedTemplates = 0
  /** Of a record, once its units were asked for. */
  entries: readonly RecordEntry[] = []

  constructor(source: string, nodes: readonly WikitextNode[], language: WikiLanguage) {
    this.#source = source
    this.#nodes = nodes
    this.#language = language
    this.#renderer = new PlainTextRenderer(source, language)
  }

  units(kind: Block['kind'], level: number): { units: readonly Unit[]; chunkKind: ChunkKind } {
    const whole = { start: 0, end: this.#source.length }
    switch (kind) {
      case 'prose':
      case 'template':
        return { units: sentencesOf(this.#plainText(whole)), chunkKind: 'prose' }
      case 'heading': {
        const title = this.#plainText(headingTitle(this.#source, level))
        return { units: linesOf([title]), chunkKind: 'prose' }
      }
      case 'list':
        return { units: linesOf(this.#listItems()), chunkKind: 'list' }
      case 'table':
        return { units: linesOf(this.#tableLines()), chunkKind: 'table' }
      case 'record':
        return { units: linesOf(this.#recordLines()), chunkKind: 'facts' }
    }
  }

  #plainText(span: Span): PlainText {
    const plain = this.#renderer.plainText(span, this.#nodes)
    this.omittedTemplates += plain.omittedAt.length
    return plain
  }

  *#listItems(): Generator<PlainText> {
    for (const line of logicalLines(this.#source, { start: 0, end: this.#source.length }, this.#nodes)) {
      let { start } = line
      while (start < line.end && LIST_MARKS.includes(this.#source.charAt(start))) start++
      yield this.#plainText({ start, end: line.end })
    }
  }

  *#tableLines(): Generator<PlainText> {
    for (const row of tableRows(this.#source, this.#nodes)) {
      const cells = row.map((cell) => this.#cellText(cell))
      yield joinedCells(cells)
    }
  }

  #cellText(cell: Span): PlainText {
    const plain = tidyText(withoutLineMarks(this.#renderer.render(cell, this.#nodes)))
    this.omittedTemplates += plain.omittedAt.length
    return plain
  }

  *#recordLines(): Generator<PlainText> {
    const [record] = this.#nodes
    if (record?.kind !== 'template') return
    yield { text: templateName(this.#source, record, this.#language), omittedAt: [] }
    this.entries = recordEntries(this.#source, record, this.#language)
    for (const { key, value } of this.entries) {
      this.omittedTemplates += value.omittedAt.length
      if (value.text !== '') yield { ...value, text: `${key.replaceAll('_', ' ')}: ${value.text}` }
    }
  }
}

const LIST_MARKS = '*#:;'

/** Cells are apart by ` | `; those at the end that are empty are left out. */
function joinedCells(cells: readonly PlainText[]): PlainText {
  const omittedAt = cells.flatMap((cell) => cell.omittedAt)
  const texts = cells.map((cell) => cell.text.replaceAll('\n', ' '))
  while (texts.at(-1) === '') texts.pop()
  return { text: texts.every((text) => text === '') ? '' : texts.join(' | '), omittedAt }
}

function linesOf(lines: Iterable<PlainText>): readonly Unit[] {
  const units: Unit[] = []
  for (const { text, omittedAt } of lines) {
    if (text !== '') units.push({ text, glue: '\n', omittedTemplates: omittedAt.length })
  }
  return units
}
