import { sha256Base64url } from '#sha256'

/**
 * Part of every id. It changes with anything that changes the text of a chunk or where chunks are cut: the scanner, the
 * table of inline templates, the sentence rule, the sizes.
 */
export const CHUNKER_VERSION = '1'

/** `facts`: parameters of an infobox, one a line; the page's categories. */
export type ChunkKind = 'prose' | 'list' | 'table' | 'facts'

/**
 *     {"id": "x3Jd0aQm4kPz81Ls", "kind": "prose", "path": ["History", "Early years"], "text": "The town was …"}
 */
export interface Chunk {
  /**
   * 96 bits of the SHA-256 of chunker version, kind and text, in base64url; what repeats within a page has `.2`, `.3`
   * in reading order. Never of revision, position or path: the same text has the same id in every revision.
   */
  readonly id: string
  readonly kind: ChunkKind
  /** Headings that the chunk stands under, outermost first; empty before the first heading. */
  readonly path: readonly string[]
  /** Plain text of at most 1,200 UTF-16 units. */
  readonly text: string
  /** How many templates were dropped from the text. Absent: none. */
  readonly omittedTemplates?: number
}

/** The id of the first chunk with this text in a page. */
export function chunkIdOf(chunkerVersion: string, kind: ChunkKind, text: string): string {
  return sha256Base64url(`${chunkerVersion}\0${kind}\0${text}`).slice(0, ID_LENGTH)
}

/** The id without the number of the repeat. */
export function withoutRepeat(id: string): string {
  return id.slice(0, ID_LENGTH)
}

/** Base64url characters: 6 bits each. */
const ID_LENGTH = 16

/** Two lists of chunks have the same digest exactly when ids, order, paths and counts are the same. */
export function chunksDigest(chunks: readonly Chunk[]): string {
  const members = chunks.map(({ id, path, omittedTemplates = 0 }) => [id, path, omittedTemplates])
  return sha256Base64url(JSON.stringify(members)).slice(0, DIGEST_LENGTH)
}

/** 132 bits. */
const DIGEST_LENGTH = 22
