import type { CloseCode } from './codes.ts'
import type { Cursor } from './cursor.ts'
import type { ErrorBody } from './errors.ts'
import type { WatchListFacts } from './watch-list.ts'

/** Everything that a partner receives besides the changes themselves. A frame's cursor is valid from then on. */
export type ControlFrame =
  | ProgressFrame
  | GapFrame
  | WatchListsFrame
  | ErrorFrame
  | ClosingFrame
  | AcknowledgementFrame

/** How far the stream has come, also when nothing matched. */
export interface ProgressFrame {
  readonly type: 'progress'
  readonly cursor: Cursor
  readonly state: 'catching-up' | 'live'
  /** How many records of the log are still ahead, matching or not. */
  readonly lagRecords: number
  /** How old the newest record passed is, 0 when none is ahead; null when that is not known yet. */
  readonly lagMs: number | null
  /** There while the log cannot be read: the stream stands where it is, and goes on by itself. */
  readonly logUnavailable?: true | undefined
}

/** Changes between two cursors that cannot be delivered; the stream goes on at `to`. */
export interface GapFrame {
  readonly type: 'gap'
  readonly from: Cursor
  readonly to: Cursor
  readonly reason: GapReason
  readonly remedy: string
}

export const GAP_REASONS = ['retention', 'unreadable'] as const
export type GapReason = (typeof GAP_REASONS)[number]

/** The watch-lists that the filter names, as they decide from the cursor on. */
export interface WatchListsFrame {
  readonly type: 'watch-lists'
  readonly cursor: Cursor
  readonly watchLists: readonly WatchListFacts[]
}

/** Something went wrong that does not end the stream. */
export interface ErrorFrame extends ErrorBody {
  readonly type: 'error'
}

/** The last frame of a stream. */
export interface ClosingFrame {
  readonly type: 'closing'
  readonly code: CloseCode
  readonly reason: string
  /** Whether to come back with the cursor. */
  readonly reconnect: boolean
  readonly cursor: Cursor
}

/** A WebSocket message that was carried out; what follows the cursor is delivered under the new terms. */
export interface AcknowledgementFrame {
  readonly type: 'subscribed' | 'updated' | 'unsubscribed'
  readonly cursor: Cursor
}

/** The cursor to resume from once this frame has arrived; undefined when the frame does not move it. */
export function cursorOf(frame: ControlFrame): Cursor | undefined {
  switch (frame.type) {
    case 'gap':
      return frame.to
    case 'error':
      return undefined
    case 'progress':
    case 'watch-lists':
    case 'closing':
    case 'subscribed':
    case 'updated':
    case 'unsubscribed':
      return frame.cursor
  }
}
