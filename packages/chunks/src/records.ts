import { inlineRuleOf } from './inline-templates.ts'
import { withoutLineMarks } from './line-marks.ts'
import { PlainTextRenderer } from './plain-text.ts'
import { firstNodeIn, isParserFunction, templateName, templateParameters } from './template-parameters.ts'
import { type PlainText, tidyText } from './tidy-text.ts'
import type { WikiLanguage } from './wiki-language.ts'
import type { Span, TemplateNode, WikitextNode } from './wikitext-node.ts'

/** One parameter of an infobox or the like. */
export interface RecordEntry {
  /** Name of the template that it stands in: of a record within a record, the inner one's. */
  readonly template: string
  /** In lower case, with `_` for white space. Positional parameters are numbered from 1. */
  readonly key: string
  readonly value: PlainText
}

/**
 * Whether a template is data rather than text: its name says that it is an infobox, or it has at least two named
 * parameters and is written over several lines.
 */
export function isRecord(text: string, node: TemplateNode, language: WikiLanguage): boolean {
  const named = node.equals.reduce((count, equals) => (equals < 0 ? count : count + 1), 0)
  if (named === 0) return false
  const name = templateName(text, node, language)
  if (name === '' || isParserFunction(name, language) || NO_RECORD.test(name)) return false
  if (INFOBOX.test(name)) return true
  return (
    named >= NAMED_PARAMETERS_MIN && isOverLines(text, node) && inlineRuleOf(name.toLowerCase()) === undefined
  )
}

/** Parameters that are not empty, in the order of writing; those of records within them follow theirs. */
export function recordEntries(
  text: string,
  node: TemplateNode,
  language: WikiLanguage,
): readonly RecordEntry[] {
  return new RecordReader(text, language).entriesOf(node, 0)
}

const NAMED_PARAMETERS_MIN = 2
/** Records within records within … deeper than this are dropped and counted like other templates. */
const DEPTH_MAX = 5

/**
 * What infoboxes are called on the largest Wikipedias; a reader's knowledge, not MediaWiki's. Those that are called
 * otherwise are found by their shape.
 */
const INFOBOX =
  /infobox|infoboks|infobokss|infotaula|infokast|infokutija|infocaset|infoskatla|taxobox|speciesbox|chembox|drugbox|ficha de|kotak info|bilgi kutusu|thông tin|hộp thông tin|tietolaatikko|инфобокс|инфокутия|карточка|картка|таксобокс|基礎情報|信息框|資訊框|资讯框|정보 상자|صندوق معلومات|جعبه|קופסת מידע|กล่องข้อมูล|ज्ञानसन्दूक|ज्ञानसंदूक|তথ্যছক|தகவல்சட்டம்|ინფოდაფა|տեղեկաքարտ|πληροφορίες/i

/** Written like records, but about how a page looks. */
const NO_RECORD =
  /^(?:navbox|sidebar|multiple image|image array|location map|gallery|cite |reflist|authority control|noteta)/i

function isOverLines(text: string, node: Span): boolean {
  const first = text.indexOf('\n', node.start)
  const second = first < 0 ? -1 : text.indexOf('\n', first + 1)
  return second >= 0 && second < node.end
}

class RecordReader {
  readonly #text: string
  readonly #language: WikiLanguage
  readonly #renderer: PlainTextRenderer

  constructor(text: string, language: WikiLanguage) {
    this.#text = text
    this.#language = language
    this.#renderer = new PlainTextRenderer(text, language)
  }

  entriesOf(node: TemplateNode, depth: number): readonly RecordEntry[] {
    const template = templateName(this.#text, node, this.#language)
    const entries: RecordEntry[] = []
    for (const { key, value } of templateParameters(this.#text, node)) {
      const inner = depth < DEPTH_MAX ? this.#recordsIn(value, node.children) : []
      const text = tidyText(this.#valueOf(value, node.children, inner))
      if (text.text !== '' || text.omittedAt.length > 0)
        entries.push({ template, key: normalisedKey(key), value: text })
      for (const record of inner) {
        for (const entry of this.entriesOf(record, depth + 1)) entries.push(entry)
      }
    }
    return entries
  }

  #recordsIn(span: Span, nodes: readonly WikitextNode[]): readonly TemplateNode[] {
    const records: TemplateNode[] = []
    for (let index = firstNodeIn(nodes, span.start); index < nodes.length; index++) {
      const node = nodes[index] as WikitextNode
      if (node.start >= span.end) break
      if (node.kind === 'template' && isRecord(this.#text, node, this.#language)) records.push(node)
    }
    return records
  }

  /** Rendered, without the records in it; items of a list apart by commas. */
  #valueOf(span: Span, nodes: readonly WikitextNode[], records: readonly Span[]): string {
    let shown = ''
    let at = span.start
    for (const record of records) {
      shown += this.#renderer.render({ start: at, end: record.start }, nodes)
      at = record.end
    }
    shown += this.#renderer.render({ start: at, end: span.end }, nodes)
    return withoutLineMarks(shown)
  }
}

function normalisedKey(key: string): string {
  return key.toLowerCase().replace(/[\s_]+/g, '_')
}
