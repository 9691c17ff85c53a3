import { inlineRuleOf, type TemplateCall } from './inline-templates.ts'
import { readPageLink } from './page-link.ts'
import { firstNodeIn, isParserFunction, templateName, templateParameters } from './template-parameters.ts'
import { OMITTED, type PlainText, protectedText, tidyText } from './tidy-text.ts'
import { CATEGORY_NAMESPACE, FILE_NAMESPACE, type WikiLanguage } from './wiki-language.ts'
import {
  type ArgumentNode,
  type ExternalLinkNode,
  type LinkNode,
  partCount,
  partSpan,
  type Span,
  type TagNode,
  type TemplateNode,
  type VariantNode,
  type WikitextNode,
} from './wikitext-node.ts'

/** Deeper nesting is dropped and counted, as MediaWiki too stops at this depth of expansion. */
const DEPTH_MAX = 40
/** An inline template with more parameters than this is dropped and counted. */
const PARTS_MAX = 2_000

/**
 * What a reader sees of a stretch of wikitext, as text: links and formatting unwrapped, known inline templates
 * rendered, other templates dropped and counted; comments, references, files and categories removed; entities decoded.
 * Markup of lines (lists, tables, headings) is not looked at: `blocks.ts` takes it apart first.
 *
 * Line feeds become spaces, except those of code and poems.
 */
export class PlainTextRenderer {
  readonly #text: string
  readonly #language: WikiLanguage
  #depth = 0

  constructor(text: string, language: WikiLanguage) {
    this.#text = text.includes(OMITTED) ? text.replaceAll(OMITTED, ' ') : text
    this.#language = language
  }

  /** @param nodes disjoint and in order; those within the span count */
  plainText(span: Span, nodes: readonly WikitextNode[]): PlainText {
    return tidyText(this.render(span, nodes))
  }

  /** The same before `tidyText`: with HTML tags, quotes and entities, and a sign for each template that was dropped. */
  render(span: Span, nodes: readonly WikitextNode[]): string {
    if (this.#depth >= DEPTH_MAX) return OMITTED
    this.#depth++
    let shown = ''
    let at = span.start
    for (let index = firstNodeIn(nodes, span.start); index < nodes.length; index++) {
      const node = nodes[index] as WikitextNode
      if (node.start >= span.end) break
      shown += this.#text.slice(at, node.start) + this.#renderNode(node)
      at = node.end
    }
    this.#depth--
    return shown + this.#text.slice(at, span.end)
  }

  #renderNode(node: WikitextNode): string {
    switch (node.kind) {
      case 'comment':
        return ''
      case 'tag':
        return this.#renderTag(node)
      case 'template':
        return this.#renderTemplate(node)
      case 'argument':
        return this.#renderDefault(node)
      case 'link':
        return this.#renderLink(node)
      case 'external':
        return this.#renderExternalLink(node)
      case 'variant':
        return this.#renderVariant(node)
    }
  }

  #renderTag({ name, content, children }: TagNode): string {
    if (content === undefined) return ''
    const written = this.#text.slice(content.start, content.end)
    switch (name) {
      case 'nowiki':
        return protectedText(written)
      case 'pre':
        return `${LINE_FEED}${protectedText(written.trim())}${LINE_FEED}`
      case 'source':
      case 'syntaxhighlight':
        return `${LINE_FEED}${protectedText(written.trim().replaceAll('&', '&amp;'))}${LINE_FEED}`
      case 'math':
      case 'chem':
      case 'ce':
        return protectedText(written.replaceAll('&', '&amp;').replace(/\s+/g, ' ').trim())
      case 'poem':
        return `${LINE_FEED}${this.render(content, children).trim().replaceAll('\n', LINE_FEED)}${LINE_FEED}`
      case 'tabber':
      case 'tab':
        return this.render(content, children)
      default:
        return ''
    }
  }

  #renderTemplate(node: TemplateNode): string {
    const name = templateName(this.#text, node, this.#language)
    const rule = inlineRuleOf(name.toLowerCase())
    if (rule === undefined) return this.#renderParserFunction(node, name)
    return partCount(node) > PARTS_MAX ? OMITTED : rule(this.#callOf(node, name))
  }

  #callOf(node: TemplateNode, name: string): TemplateCall {
    const values = new Map<string, Span>()
    let positionalCount = 0
    for (const { key, isPositional, value } of templateParameters(this.#text, node)) {
      values.set(key, value)
      if (isPositional) positionalCount++
    }
    // A rule may ask for a value several times: it is rendered once, or nested templates would cost without bound.
    const rendered = new Map<string, string>()
    const value = (key: string) => {
      const span = values.get(key)
      const text = rendered.get(key) ?? (span === undefined ? '' : this.render(span, node.children).trim())
      rendered.set(key, text)
      return text
    }
    return { name, value, positionalCount: Math.max(positionalCount, values.has('1') ? 1 : 0) }
  }

  #renderParserFunction(node: TemplateNode, name: string): string {
    if (!isParserFunction(name, this.#language)) return OMITTED
    const colon = name.indexOf(':')
    const word = colon < 0 ? name : name.slice(0, colon)
    if (this.#language.isUnseenWord(word)) return ''
    if (!SHOWS_ITS_ARGUMENT.has(word.toLowerCase())) return OMITTED
    const span = partSpan(node, 0)
    const start = this.#text.indexOf(':', span.start) + 1
    return this.render({ start, end: span.end }, node.children).trim()
  }

  #renderDefault(node: ArgumentNode): string {
    return partCount(node) > 1 ? this.render(partSpan(node, 1), node.children) : ''
  }

  #renderLink(node: LinkNode): string {
    const link = readPageLink(this.#text, node, this.#language)
    const isUnseen =
      link?.isInterlanguage === true ||
      link?.namespace === CATEGORY_NAMESPACE ||
      link?.namespace === FILE_NAMESPACE
    if (isUnseen && !link.isEscaped) return ''
    const target = partSpan(node, 0)
    const label = { start: target.end + 1, end: node.end - 2 }
    if (partCount(node) > 1) return this.render(label, node.children)
    return this.render(target, node.children).trim().replace(/^:/, '')
  }

  #renderExternalLink(node: ExternalLinkNode): string {
    const written = this.#text.slice(node.start + 1, node.end - 1)
    const space = written.search(/\s/)
    if (space < 0) return ''
    return this.render({ start: node.start + 1 + space, end: node.end - 1 }, node.children).trim()
  }

  /** The first of the variants: which one a reader sees depends on the reader. */
  #renderVariant(node: VariantNode): string {
    const flags = partCount(node) > 1 ? partSpan(node, 0) : undefined
    if (flags !== undefined && /[HT-]/.test(this.#text.slice(flags.start, flags.end))) return ''
    const start = flags === undefined ? node.start + 2 : flags.end + 1
    const shown = this.render({ start, end: node.end - 2 }, node.children)
    return FIRST_VARIANT.exec(shown)?.[1] ?? shown
  }
}

const LINE_FEED = '&#10;'

const SHOWS_ITS_ARGUMENT = new Set(['formatnum', 'lc', 'lcfirst', 'uc', 'ucfirst'])

/** A semicolon may also end an entity. */
const FIRST_VARIANT = /^\s*[a-z]{2,3}(?:-[a-z]{2,4})?\s*:((?:&#?\w{1,20};|[^;])*)/
