import { EXTENSION_TAGS } from './extension-tags.ts'
import { type OpenPiece, OpenPieces, type OpenTag } from './open-pieces.ts'
import { TagEnds } from './tag-ends.ts'
import { FILE_NAMESPACE, type WikiLanguage } from './wiki-language.ts'
import type { Span, WikitextNode } from './wikitext-node.ts'

/**
 * The nodes of a text that are within no other, in order. One pass from left to right with a stack, so that its time
 * is linear in the text whatever it holds, and nesting costs no call depth. What is never closed is text.
 *
 * Pairs as MediaWiki's preprocessor does: a run of closing braces or brackets closes only what was opened last, and
 * takes three braces before two.
 */
export function scanWikitext(text: string, language: WikiLanguage): readonly WikitextNode[] {
  return new WikitextScanner(text, language).scan()
}

class WikitextScanner {
  readonly #text: string
  readonly #language: WikiLanguage
  readonly #tagEnds: TagEnds
  readonly #open = new OpenPieces()
  /** Complete nodes that no complete node holds yet. */
  readonly #closed: WikitextNode[] = []
  /** Where the content of the innermost open tag ends: nothing reaches across. */
  #limit: number

  constructor(text: string, language: WikiLanguage) {
    this.#text = text
    this.#language = language
    this.#tagEnds = new TagEnds(text)
    this.#limit = text.length
  }

  scan(): readonly WikitextNode[] {
    const text = this.#text
    let at = 0
    for (;;) {
      while (at < this.#limit) {
        const code = text.charCodeAt(at)
        at = code < SPECIAL.length && SPECIAL[code] === 1 ? this.#special(code, at) : at + 1
      }
      const end = this.#closeTag()
      if (end === undefined) return this.#closed
      at = end
    }
  }

  /** Takes what begins with a special character; gives the offset at which to go on. */
  #special(code: number, at: number): number {
    switch (code) {
      case OPEN_BRACE:
        return this.#openBraces(at)
      case CLOSE_BRACE:
        return this.#closeBraces(at)
      case OPEN_BRACKET:
        return this.#openBrackets(at)
      case CLOSE_BRACKET:
        return this.#closeBrackets(at)
      case LESS_THAN:
        return this.#commentOrTag(at)
      case PIPE:
        this.#open.addPipe(at)
        return at + 1
      case EQUALS:
        this.#open.addEquals(at)
        return at + 1
      case DASH:
        return this.#openVariant(at)
      default:
        // A line feed ends an external link.
        this.#open.dropExternal()
        return at + 1
    }
  }

  #openBraces(at: number): number {
    const count = this.#runLength(at)
    if (count >= 2) this.#push('braces', at, count)
    return at + count
  }

  #closeBraces(start: number): number {
    const text = this.#text
    let at = start
    let left = this.#runLength(at)
    while (left > 0) {
      const piece = this.#open.structuralTop()
      if (piece?.kind === 'variant' && text.charCodeAt(at + 1) === DASH) {
        this.#open.dropExternal()
        this.#open.pop()
        this.#close(
          { kind: 'variant', start: piece.start, end: at + 2, pipes: piece.pipes },
          piece.closedBefore,
        )
        return at + 2
      }
      const size = piece?.kind === 'braces' ? Math.min(left, piece.count, 3) : 0
      if (piece === undefined || size < 2) return at + left
      this.#open.dropExternal()
      piece.count -= size
      const span = { start: piece.start + piece.count, end: at + size }
      const { pipes, equals, closedBefore } = piece
      if (size === 3) this.#close({ kind: 'argument', ...span, pipes }, closedBefore)
      else if (!this.#isBlank(span.start + 2, pipes[0] ?? at))
        this.#close({ kind: 'template', ...span, pipes, equals }, closedBefore)
      this.#open.reopen(piece)
      at += size
      left -= size
    }
    return at
  }

  /** A template without a name is text. */
  #isBlank(start: number, end: number): boolean {
    return end - start <= BLANK_LENGTH_MAX && this.#text.slice(start, end).trim() === ''
  }

  #openBrackets(at: number): number {
    const count = this.#runLength(at)
    PROTOCOL.lastIndex = at + count
    const isExternal = PROTOCOL.test(this.#text) && this.#open.external() === undefined
    const brackets = isExternal ? count - 1 : count
    if (brackets >= 2) this.#push('brackets', at, brackets)
    if (isExternal) this.#push('external', at + count - 1, 1)
    return at + count
  }

  #closeBrackets(start: number): number {
    let at = start
    let left = this.#runLength(at)
    while (left > 0) {
      const external = this.#open.external()
      const piece = this.#open.structuralTop()
      const closesLink = left >= 2 && piece?.kind === 'brackets'
      if (external !== undefined && !(closesLink && left === 2)) {
        this.#open.pop()
        this.#close({ kind: 'external', start: external.start, end: at + 1 }, external.closedBefore)
        at += 1
        left -= 1
        continue
      }
      if (!closesLink) return at + left
      this.#open.dropExternal()
      this.#closeLink(piece, at + 2)
      at += 2
      left -= 2
    }
    return at
  }

  #closeLink(piece: OpenPiece, end: number): void {
    piece.count -= 2
    const start = piece.start + piece.count
    const target = { start: start + 2, end: piece.pipes[0] ?? end - 2 }
    const isLink = this.#isLink(piece, target)
    if (isLink) this.#close({ kind: 'link', start, end, pipes: piece.pipes }, piece.closedBefore)
    this.#open.reopen(piece)
    const outer = this.#open.structuralTop()
    if (outer !== undefined && (isLink || piece.hasLink)) outer.hasLink = true
  }

  /** As MediaWiki decides: the target is a possible title, and only a file's caption holds other links. */
  #isLink(piece: OpenPiece, target: Span): boolean {
    if (target.end - target.start > TARGET_LENGTH_MAX) return false
    const title = this.#text.slice(target.start, target.end)
    const hasNodes = (this.#closed[piece.closedBefore]?.start ?? target.end) < target.end
    if (title.trim() === '' || (hasNodes ? /[\n[\]]/ : /[\n[\]{}<>]/).test(title)) return false
    const colon = title.indexOf(':')
    const namespace = colon > 0 ? this.#language.namespaceId(title.slice(0, colon)) : undefined
    return namespace === FILE_NAMESPACE || !piece.hasLink
  }

  #openVariant(at: number): number {
    const text = this.#text
    const isOpen = text.charCodeAt(at + 1) === OPEN_BRACE && text.charCodeAt(at + 2) !== OPEN_BRACE
    if (!isOpen || !this.#language.hasVariants) return at + 1
    this.#push('variant', at, 1)
    return at + 2
  }

  #commentOrTag(at: number): number {
    const text = this.#text
    if (text.startsWith('<!--', at)) {
      const found = text.indexOf('-->', at + 4)
      const end = found < 0 || found + 3 > this.#limit ? this.#limit : found + 3
      this.#close({ kind: 'comment', start: at, end }, this.#closed.length)
      return end
    }
    TAG_NAME.lastIndex = at
    const written = TAG_NAME.exec(text)?.[1]
    const name = written?.toLowerCase() ?? ''
    const content = EXTENSION_TAGS.get(name)
    if (content === undefined) return at + 1
    return this.#openTag(name, at, content === 'wikitext')
  }

  #openTag(name: string, start: number, isWikitext: boolean): number {
    const afterName = start + 1 + name.length
    const openEnd = this.#tagEnds.openEnd(afterName)
    if (openEnd === undefined || openEnd > this.#limit) return afterName
    const isEmpty = this.#text.charCodeAt(openEnd - 2) === SLASH
    const closedBefore = this.#closed.length
    const attributes = { start: afterName, end: openEnd - (isEmpty ? 2 : 1) }
    if (isEmpty) {
      this.#close({ kind: 'tag', start, end: openEnd, name, attributes, content: undefined }, closedBefore)
      return openEnd
    }
    const close = this.#tagEnds.close(name, openEnd)
    if (close === undefined || close.end > this.#limit) return openEnd
    const content = { start: openEnd, end: close.start }
    if (!isWikitext) {
      this.#close({ kind: 'tag', start, end: close.end, name, attributes, content }, closedBefore)
      return close.end
    }
    const tag = { name, attributes, content, end: close.end, outerLimit: this.#limit }
    this.#push('tag', start, 1, tag)
    this.#limit = content.end
    return content.start
  }

  /** Closes the innermost open tag, at the end of its content; undefined when there is none. */
  #closeTag(): undefined | number {
    for (let piece = this.#open.pop(); piece !== undefined; piece = this.#open.pop()) {
      if (piece.tag === undefined) continue
      const { name, attributes, content, end, outerLimit } = piece.tag
      this.#close({ kind: 'tag', start: piece.start, end, name, attributes, content }, piece.closedBefore)
      this.#limit = outerLimit
      return end
    }
    return undefined
  }

  #push(kind: OpenPiece['kind'], start: number, count: number, tag?: OpenTag): void {
    this.#open.push(kind, start, count, this.#closed.length, tag)
  }

  #close(node: WithoutChildren<WikitextNode>, closedBefore: number): void {
    const hasChildren = closedBefore < this.#closed.length
    const children = hasChildren ? this.#closed.splice(closedBefore) : NO_CHILDREN
    this.#closed.push({ ...node, children } as WikitextNode)
  }

  #runLength(start: number): number {
    const code = this.#text.charCodeAt(start)
    let end = start + 1
    while (end < this.#limit && this.#text.charCodeAt(end) === code) end++
    return end - start
  }
}

type WithoutChildren<Node> = Node extends WikitextNode ? Omit<Node, 'children'> : never

const NO_CHILDREN: readonly WikitextNode[] = []

/** Titles have 255 bytes at most; this leaves room for comments and templates in a target. */
const TARGET_LENGTH_MAX = 2_000

/** More white space than this in place of a name is not looked for. */
const BLANK_LENGTH_MAX = 20

const PROTOCOL = /(?:https?:\/\/|ftps?:\/\/|ircs?:\/\/|\/\/|mailto:|news:|tel:|geo:|magnet:|xmpp:)/iy
const TAG_NAME = /<([a-z]+)(?=[\s/>])/iy

const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const LESS_THAN = 0x3c
const PIPE = 0x7c
const EQUALS = 0x3d
const DASH = 0x2d
const SLASH = 0x2f

const SPECIAL = new Uint8Array(128)
for (const char of '{}[]<|=-\n') SPECIAL[char.charCodeAt(0)] = 1
