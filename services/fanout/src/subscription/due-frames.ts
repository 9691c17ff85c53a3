import type { Cursor } from '@freshet/protocol'
import type { Representation } from '../representation/representation.ts'
import type { StoredChange } from '../stored-change.ts'
import type { Tail } from '../tail/tail.ts'
import type { TailEntry } from '../tail/tail-entry.ts'
import { BATCH_BYTES_MAX, OpenBatch } from './open-batch.ts'
import type { ReplayRun } from './replay-run.ts'

/** What is to be written at once. */
export interface TakenFrames {
  readonly frames: readonly Uint8Array[]
  readonly bytes: number
  /** How many changes are in them, and when the newest of these came into the log. */
  readonly changes: number
  readonly newestChangeMs: number
  /** Where the partner goes on once it has them all; undefined when none of them says. */
  readonly cursor: Cursor | undefined
}

/**
 * Frames that are due to somebody, in order. Where a frame may hold several changes, those that are due together are in
 * one, up to its bounds; it ends before a control frame, and when what is due is taken.
 */
export class DueFrames {
  readonly representation: Representation
  #frames: Uint8Array[] = []
  #bytes = 0
  #changes = 0
  #newestChangeMs = 0
  #cursor: Cursor | undefined
  #batch: OpenBatch | undefined

  constructor(representation: Representation) {
    this.representation = representation
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0 && this.#batch === undefined
  }

  get bytes(): number {
    return this.#bytes + (this.#batch?.bytes ?? 0)
  }

  /** How much of a run can be added: as much as fits into the batch that it begins in. */
  get runChangesMax(): number {
    if (!this.representation.isBatched) return Number.POSITIVE_INFINITY
    return this.#batch?.roomChanges ?? this.representation.batchMax
  }

  get runBytesMax(): number {
    if (!this.representation.isBatched) return Number.POSITIVE_INFINITY
    return this.#batch?.roomBytes ?? BATCH_BYTES_MAX
  }

  addChange(change: StoredChange, cursor: Cursor, timestampMs: number): void {
    const { representation } = this
    if (representation.isBatched) this.#addToBatch(representation.body(change), 1, cursor)
    else this.#frames.push(this.#counted(representation.change(change, cursor, undefined)))
    this.#changed(1, cursor, timestampMs)
  }

  /** With the cursor of the tail's entry, and the frame that all share who are there. */
  addEntry(entry: TailEntry, change: StoredChange, tail: Tail): void {
    const { representation } = this
    if (representation.isBatched) this.#addToBatch(representation.body(change), 1, entry.cursor)
    else this.#frames.push(this.#counted(tail.frame(entry, representation, change)))
    this.#changed(1, entry.cursor, entry.timestampMs)
  }

  /** Which was read within the bounds for runs. */
  addRun({ pieces, changes, cursor }: ReplayRun, timestampMs: number): void {
    if (cursor === undefined) return
    const { representation } = this
    if (representation.isBatched) this.#addToBatch(pieces, changes, cursor)
    else for (const frames of pieces) this.#frames.push(this.#counted(representation.encoded(frames)))
    this.#changed(changes, cursor, timestampMs)
  }

  addControl(frame: Uint8Array, cursor: Cursor | undefined): void {
    this.#endBatch()
    this.#frames.push(this.#counted(frame))
    this.#cursor = cursor ?? this.#cursor
  }

  /** All of it; nothing is due then. */
  take(): TakenFrames {
    this.#endBatch()
    const taken = {
      frames: this.#frames,
      bytes: this.#bytes,
      changes: this.#changes,
      newestChangeMs: this.#newestChangeMs,
      cursor: this.#cursor,
    }
    this.#frames = []
    this.#bytes = 0
    this.#changes = 0
    this.#cursor = undefined
    return taken
  }

  #addToBatch(pieces: readonly Uint8Array[], changes: number, cursor: Cursor): void {
    this.#batch ??= new OpenBatch(this.representation)
    this.#batch.add(pieces, changes, cursor)
    if (this.#batch.roomChanges <= 0) this.#endBatch()
  }

  #endBatch(): void {
    const batch = this.#batch
    this.#batch = undefined
    if (batch !== undefined) this.#frames.push(this.#counted(batch.frame()))
  }

  #changed(changes: number, cursor: Cursor, timestampMs: number): void {
    this.#changes += changes
    this.#cursor = cursor
    this.#newestChangeMs = timestampMs
  }

  #counted(frame: Uint8Array): Uint8Array {
    this.#bytes += frame.length
    return frame
  }
}
