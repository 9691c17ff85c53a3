import type { Edit } from '@freshet/events'

/**
 * An ordered flow of edits, endless or finite, with a position that can be saved and resumed.
 *
 * **Promises** the edits of one page in the order the source has them; after `open(position)` everything that followed
 * the item with that position, once. Reconnects, back-off and liveness are the source's own business: the iteration
 * ends only when a finite source is at its end or the signal aborts, and throws an `EditSourceError` only for what no
 * waiting can mend (a position of another source, a file that is not there).
 *
 * **Does not** append, acknowledge or deduplicate: the caller appends what it read together with the position.
 * Lazy: reads ahead by at most `READ_AHEAD_BYTES_MAX` and what one item needs.
 *
 * One iteration at a time: the caller opens it again only after the one before has ended.
 */
export interface EditSource {
  /** Names the source and what it reads; the saved position is kept under it. Stable across restarts. */
  readonly name: string
  open(position: SourcePosition | undefined, signal: AbortSignal): AsyncIterable<SourceItem>
  /** For `/readyz` and the start-up lines. */
  status(): SourceStatus
}

/** What `open` needs in order to go on after an item; the source's own text, opaque to everyone else. */
export type SourcePosition = string

/** What a source came upon. */
export type SourceFinding =
  | { readonly type: 'edit'; readonly edit: Edit }
  /** Something that could not be read; the caller keeps it as a dead letter and goes on. */
  | { readonly type: 'unreadable'; readonly reason: string; readonly raw: Uint8Array }
  /** Something that is no edit (canary, another wiki, a log entry that changes no page): counted, and passed by. */
  | { readonly type: 'skipped'; readonly reason: SkipReason }

export type SourceItem = SourceFinding & { readonly position: SourcePosition }

export type SkipReason = 'canary' | 'not_a_page_change' | 'other_wiki'

export interface SourceStatus {
  readonly state: 'connecting' | 'connected' | 'waiting' | 'ended'
  /** One sentence for a person: the address, the file and its progress, or why it waits. */
  readonly detail: string
  /** Bytes taken from the server or the file since `open`, as they came (compressed where they are). */
  readonly readBytes: number
}

/** How far a source may read ahead of the item that is being worked on, in bytes as they came. */
export const READ_AHEAD_BYTES_MAX = 1024 * 1024

/** The largest line, event or revision that is read. Above it stands an edit with `TEXT_BYTES_MAX` of escaped text. */
export const ITEM_BYTES_MAX = 16 * 1024 * 1024
