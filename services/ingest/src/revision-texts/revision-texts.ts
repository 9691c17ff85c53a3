import type { TextUnavailableReason } from '@freshet/events'

/**
 * The text of a revision, or why there is none.
 *
 * **Promises** one result per request, in the order of the requests, and that an available text is the revision's own:
 * its sha1 was checked wherever the request names one. A temporary failure is waited out, up to the adapter's
 * deadline, before it becomes `temporarily_unavailable`; `deleted` and `suppressed` are final answers of the wiki.
 *
 * **Does not** reject because one text is missing; it rejects when the signal aborts.
 */
export interface RevisionTexts extends AsyncDisposable {
  get(requests: readonly RevisionRequest[], signal: AbortSignal): Promise<readonly TextResult[]>
}

export interface RevisionRequest {
  readonly wiki: string
  /** Host of the wiki, such as `en.wikipedia.org`; undefined when the source did not say. */
  readonly domain: string | undefined
  readonly revisionId: number
  /** SHA-1 of the text as MediaWiki writes it (base 36), when known. */
  readonly sha1: string | undefined
}

export type TextResult =
  | { readonly status: 'available'; readonly text: string }
  | { readonly status: 'unavailable'; readonly reason: TextUnavailableReason }

/** Texts that also can be kept: of edits that carry them, so that they are there as the base of the next edit. */
export interface KeptRevisionTexts extends RevisionTexts {
  /** Durable against a crash of the process when it returns; for as long as there is room, and a disk that works. */
  remember(texts: readonly KeptText[]): void
  /** Removes texts that may not leave again, for good. Throws when it cannot. */
  forget(wiki: string, revisionIds: readonly number[]): void
}

export interface KeptText {
  readonly wiki: string
  readonly revisionId: number
  readonly text: string
}
