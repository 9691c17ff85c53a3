/**
 * The answer of MediaWiki's REST endpoint `/v1/revision/{from}/compare/{to}`
 * (https://www.mediawiki.org/wiki/API:REST_API/Reference#Compare_revisions), for tools that show it.
 *
 * All offsets, starts and lengths are bytes of UTF-8, counted from 0; line numbers count from 1. The format cannot tell
 * whether a text ends in a line feed: for an exact difference use `TextDiff`.
 */
export interface RevisionCompare {
  readonly from: ComparedRevision
  readonly to: ComparedRevision
  readonly diff: readonly CompareItem[]
}

export interface ComparedRevision {
  /** Null: not known. */
  readonly id: number | null
  readonly slot_role: 'main'
  /** Without the lead section. */
  readonly sections: readonly CompareSection[]
}

export interface CompareSection {
  readonly level: number
  /** The line as it stands, with its equals signs. */
  readonly heading: string
  readonly offset: number
}

export type CompareItem =
  | ContextItem
  | AddedItem
  | DeletedItem
  | ChangedItem
  | MoveSourceItem
  | MoveDestinationItem

/** A line that is the same on both sides. */
export interface ContextItem {
  readonly type: 0
  readonly lineNumber: number
  readonly text: string
  readonly offset: { readonly from: number; readonly to: number }
}

export interface AddedItem {
  readonly type: 1
  readonly lineNumber: number
  readonly text: string
  readonly offset: { readonly from: null; readonly to: number }
}

export interface DeletedItem {
  readonly type: 2
  readonly text: string
  readonly offset: { readonly from: number; readonly to: null }
}

/** `text` holds both versions: what is neither highlighted as deleted nor as added is in both. */
export interface ChangedItem {
  readonly type: 3
  readonly lineNumber: number
  readonly text: string
  readonly offset: { readonly from: number; readonly to: number }
  readonly highlightRanges: readonly HighlightRange[]
}

export interface MoveSourceItem {
  readonly type: 4
  readonly moveInfo: MoveInfo
  readonly text: string
  readonly offset: { readonly from: number; readonly to: null }
}

/** `text` as in a changed line. */
export interface MoveDestinationItem {
  readonly type: 5
  readonly lineNumber: number
  readonly moveInfo: MoveInfo
  readonly text: string
  readonly offset: { readonly from: null; readonly to: number }
  readonly highlightRanges: readonly HighlightRange[]
}

export interface HighlightRange {
  readonly start: number
  readonly length: number
  /** 0: added, 1: deleted. */
  readonly type: 0 | 1
}

export interface MoveInfo {
  readonly id: string
  readonly linkId: string
  /** 0: the other end is further down, 1: further up. */
  readonly linkDirection: 0 | 1
}
