import type { DatabaseSync } from 'node:sqlite'
import type { TopicSpec } from '../change-log.ts'
import { BlockFileWriter } from './block-file-writer.ts'
import { Checkpoints } from './checkpoints.ts'
import { CommitWriter } from './commit-writer.ts'
import { compactTopics } from './compaction.ts'
import { openForWriting } from './layout.ts'
import { Maintenance } from './maintenance.ts'
import { MergeBacklog, mergeBlocks } from './merging.ts'
import { applyRetention } from './retention.ts'
import { StoredBlocks } from './stored-blocks.ts'
import { writeTopics } from './topic-writer.ts'
import type { Commit } from './writer-messages.ts'

/** The writing side of a folder: appends, and what goes on behind them. Runs in the writer's thread. */
export class BlockStore {
  readonly #database: DatabaseSync
  readonly #files: BlockFileWriter
  readonly #blocks: StoredBlocks
  readonly #backlog = new MergeBacklog()
  readonly #commits: CommitWriter
  readonly #checkpoints: Checkpoints
  readonly #maintenance = new Maintenance()
  readonly #onMaintenanceFailure: (error: unknown) => void

  constructor(directory: string, onMaintenanceFailure: (error: unknown) => void) {
    this.#database = openForWriting(directory)
    this.#files = new BlockFileWriter(directory)
    this.#blocks = new StoredBlocks(this.#database, this.#files)
    this.#commits = new CommitWriter(this.#database, this.#blocks, this.#backlog)
    this.#checkpoints = new Checkpoints(this.#database)
    this.#onMaintenanceFailure = onMaintenanceFailure
  }

  commit(commit: Commit): void {
    this.#commits.write(commit)
  }

  /** After a commit was acknowledged: what can wait for that. */
  tidyUp(): void {
    try {
      this.#checkpoints.runIfDue()
    } catch (error) {
      this.#onMaintenanceFailure(error)
    }
    for (const partitionId of this.#backlog.takeReady()) {
      this.#maintenance.add({
        steps: this.#checkpointing(mergeBlocks(this.#database, this.#blocks, partitionId)),
        onDone: () => {},
        onFailed: this.#onMaintenanceFailure,
      })
    }
  }

  ensureTopics(specs: readonly TopicSpec[]): void {
    writeTopics(this.#database, specs)
  }

  /** Removes, in steps, what retention and compaction allow to go by now. */
  sweep(onDone: () => void, onFailed: (error: unknown) => void): void {
    this.#maintenance.add({ steps: this.#checkpointing(this.#sweepSteps(Date.now())), onDone, onFailed })
  }

  close(): void {
    this.#maintenance.stop()
    this.#files[Symbol.dispose]()
    this.#database.close()
  }

  *#sweepSteps(nowMs: number): Generator<void> {
    yield* applyRetention(this.#database, this.#blocks, nowMs)
    yield* compactTopics(this.#database, this.#blocks, nowMs)
    this.#blocks.removeUnusedFiles(nowMs)
  }

  *#checkpointing(steps: Generator<void>): Generator<void> {
    for (const step of steps) {
      yield step
      this.#checkpoints.runIfDue()
    }
  }
}
