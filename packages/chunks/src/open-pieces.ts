import type { Span } from './wikitext-node.ts'

/** Something that was opened and not closed yet. One shape for all kinds, because there may be hundreds of thousands. */
export interface OpenPiece {
  readonly kind: 'braces' | 'brackets' | 'external' | 'variant' | 'tag'
  readonly start: number
  /** Braces or brackets that are still open. */
  count: number
  pipes: readonly number[]
  equals: readonly number[]
  /** How many nodes were closed before this was opened: those that come after are within it. */
  readonly closedBefore: number
  /** A link, or what would be one if it held no other, was closed directly within. */
  hasLink: boolean
  readonly tag: undefined | OpenTag
}

export interface OpenTag {
  readonly name: string
  readonly attributes: Span
  readonly content: Span
  readonly end: number
  /** The limit of what stands around the tag. */
  readonly outerLimit: number
}

/** The stack of the scanner. */
export class OpenPieces {
  readonly #pieces: OpenPiece[] = []

  push(kind: OpenPiece['kind'], start: number, count: number, closedBefore: number, tag?: OpenTag): void {
    this.#pieces.push({ kind, start, count, pipes: NONE, equals: NONE, closedBefore, hasLink: false, tag })
  }

  pop(): undefined | OpenPiece {
    return this.#pieces.pop()
  }

  /** The innermost external link, if nothing was opened in it. */
  external(): undefined | OpenPiece {
    const top = this.#pieces.at(-1)
    return top?.kind === 'external' ? top : undefined
  }

  dropExternal(): void {
    if (this.external() !== undefined) this.#pieces.pop()
  }

  /** The innermost piece that MediaWiki's preprocessor knows: it does not know external links. */
  structuralTop(): undefined | OpenPiece {
    return this.#pieces.at(this.external() === undefined ? -1 : -2)
  }

  /** A `|` parts the innermost piece, and ends the external link that stands in it. */
  addPipe(at: number): void {
    const piece = this.structuralTop()
    if (piece === undefined || piece.kind === 'tag') return
    this.dropExternal()
    piece.pipes = appended(piece.pipes, at)
    piece.equals = appended(piece.equals, -1)
  }

  /** The first `=` after a `|` may be that of a named parameter. */
  addEquals(at: number): void {
    const { equals } = this.structuralTop() ?? { equals: NONE }
    if (equals.at(-1) === -1) (equals as number[])[equals.length - 1] = at
  }

  /** After its innermost braces or brackets were closed: the others are open still. */
  reopen(piece: OpenPiece): void {
    piece.pipes = NONE
    piece.equals = NONE
    if (piece.count < 2) this.#pieces.pop()
  }
}

const NONE: readonly number[] = []

/** Of the pieces most are never parted: only those that are have an array of their own. */
function appended(offsets: readonly number[], at: number): readonly number[] {
  if (offsets === NONE) return [at]
  ;(offsets as number[]).push(at)
  return offsets
}
