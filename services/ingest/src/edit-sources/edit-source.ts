import type { Edit } from '@freshet/events'

/**
 * An ordered flow of edits, endless or finite, with a position that can be saved and resumed.
 *
 * **Promises** the edits of one page in the order the source has them; after `open(position)` everything that followed
 * the item with that position, once. Reconnects, back-off and liveness are the source's own business: the iteration
 * ends only when a finite source is at its end or the signal aborts, and throws only for what no waiting can mend.
 *
 * **Does not** append, acknowledge or deduplicate: the caller appends what it read together with the position.
 * Lazy: reads ahead by a bounded amount only.
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

export type SourceItem =
  | { readonly type: 'edit'; readonly edit: Edit; readonly position: SourcePosition }
  /** Something that could not be read; the caller keeps it as a dead letter and goes on. */
  | {
      readonly type: 'unreadable'
      readonly reason: string
      readonly raw: Uint8Array
      readonly position: SourcePosition
    }
  /** Something that is no edit (canary, another wiki, a log entry that changes no page): counted, and passed by. */
  | { readonly type: 'skipped'; readonly reason: SkipReason; readonly position: SourcePosition }

export type SkipReason = 'canary' | 'not_a_page_change' | 'other_wiki'

export interface SourceStatus {
  readonly state: 'connecting' | 'connected' | 'waiting' | 'ended'
  /** One sentence for a person: the address, the file and its progress, or why it waits. */
  readonly detail: string
}
