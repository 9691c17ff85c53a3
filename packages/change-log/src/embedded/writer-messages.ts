import type { TopicSpec } from '../change-log.ts'
import type { LogFailure } from './sqlite-failure.ts'

/** What the writer's thread is started with. */
export interface WriterData {
  readonly directory: string
  readonly retentionSweepIntervalMs: number
}

/** What the writer's thread is asked to do, one after the other. Each order is answered with its number. */
export type WriterOrder =
  | { readonly type: 'commit'; readonly number: number; readonly commit: Commit }
  | { readonly type: 'ensure-topics'; readonly number: number; readonly specs: readonly TopicSpec[] }
  | { readonly type: 'sweep'; readonly number: number }
  | { readonly type: 'close'; readonly number: number }

export type WriterReport =
  | { readonly type: 'opened' }
  | { readonly type: 'not-opened'; readonly failure: LogFailure }
  | { readonly type: 'done'; readonly number: number }
  | { readonly type: 'failed'; readonly number: number; readonly failure: LogFailure }
  /** Retention, compaction or merging failed and will be tried again. */
  | { readonly type: 'maintenance-failed'; readonly failure: LogFailure }

/** One transaction: new blocks, the ends they lead to, and the positions of consumer groups. */
export interface Commit {
  /** Holds the frames of all blocks; handed over, not copied. */
  readonly bytes: ArrayBuffer
  readonly blocks: readonly NewBlock[]
  readonly ends: readonly NewEnd[]
  readonly positions: readonly NewPosition[]
}

export interface NewBlock {
  readonly partitionId: number
  readonly baseOffset: number
  readonly lastOffset: number
  readonly timestampMs: number
  /** Where in `bytes` it lies. The writer seals it. */
  readonly start: number
  readonly length: number
}

export interface NewEnd {
  readonly partitionId: number
  readonly from: number
  readonly to: number
  readonly timestampMs: number
  readonly bytes: number
}

export interface NewPosition {
  readonly group: string
  readonly partitionId: number
  readonly next: number
}
