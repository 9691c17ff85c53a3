import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { PAGE_BYTES } from './layout.ts'

/** So much of the write-ahead log is copied into the database at a time, after the appends in it are acknowledged. */
const CHECKPOINT_FRAMES = (8 * 1024 * 1024) / PAGE_BYTES

/** When readers have kept the write-ahead log from starting over for so long, the writer waits for them. */
const WAL_FRAMES_MAX = (64 * 1024 * 1024) / PAGE_BYTES

/** Keeps the write-ahead log from growing without bound. An attempt that fails is made up for by the next, as much later. */
export class Checkpoints {
  readonly #database: DatabaseSync
  readonly #look: StatementSync
  #pendingDue = CHECKPOINT_FRAMES
  #restartDue = WAL_FRAMES_MAX

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#look = database.prepare('PRAGMA wal_checkpoint(NOOP)')
  }

  runIfDue(): void {
    const before = this.#state()
    if (before.pending < this.#pendingDue) return
    this.#pendingDue = before.pending + CHECKPOINT_FRAMES
    this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)')
    const after = this.#state()
    this.#pendingDue = after.pending + CHECKPOINT_FRAMES
    if (after.frames >= this.#restartDue) this.#restart(after.frames)
  }

  /** A reader that is stopped in the middle of a read outlasts the wait; then the log grows on until the next attempt. */
  #restart(frames: number): void {
    this.#restartDue = frames + WAL_FRAMES_MAX
    this.#database.exec('PRAGMA wal_checkpoint(RESTART)')
    if (this.#state().frames < frames) this.#restartDue = WAL_FRAMES_MAX
  }

  #state(): { frames: number; pending: number } {
    const row = this.#look.get()
    const frames = Number(row?.log)
    return { frames, pending: frames - Number(row?.checkpointed) }
  }
}
