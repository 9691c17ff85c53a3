import { mkdirSync } from 'node:fs'
import type { RecordPosition, TopicSpec } from '../change-log.ts'
import { type ChangeLogError, LogClosedError, LogUnavailableError } from '../errors.ts'
import { Tip } from '../tip.ts'
import { CommitQueue, type CommitRequest } from './commit-queue.ts'
import { LogView } from './log-view.ts'
import { LogWriter } from './log-writer.ts'
import { WriterLock } from './writer-lock.ts'
import type { Commit } from './writer-messages.ts'

export interface LogAppenderOptions {
  readonly directory: string
  readonly retentionSweepIntervalMs: number
  readonly onMaintenanceFailure: (error: ChangeLogError) => void
}

/** The writing side of a folder: holds its lock, gives out offsets, and has the writer's thread make them durable. */
export class LogAppender implements AsyncDisposable {
  readonly view: LogView
  readonly tip = new Tip()
  readonly #writer: LogWriter
  readonly #queue: CommitQueue
  readonly #owned: AsyncDisposableStack
  #isClosed = false

  private constructor(view: LogView, writer: LogWriter, owned: AsyncDisposableStack) {
    this.view = view
    this.#writer = writer
    this.#owned = owned
    this.#queue = new CommitQueue({
      partitionOf: (record) => view.partitionOfRecord(record),
      standsAt: ({ group, partitionId }) => view.nextToHandleIn(group, partitionId),
      clock: () => Date.now(),
      write: (commit) => this.#write(commit),
    })
  }

  /** Rejects with `LogLockedError` when somebody else writes to the folder. */
  static async open(options: LogAppenderOptions): Promise<LogAppender> {
    const { directory, retentionSweepIntervalMs, onMaintenanceFailure } = options
    makeDirectory(directory)
    await using opened = new AsyncDisposableStack()
    opened.use(WriterLock.acquire(directory))
    const data = { directory, retentionSweepIntervalMs }
    // Disposed of after the view, so that the last connection of this process is one that can empty the write-ahead log.
    const writer = opened.use(await LogWriter.open(data, onMaintenanceFailure))
    const view = opened.use(LogView.open(directory))
    return new LogAppender(view, writer, opened.move())
  }

  /** Resolves once durable and visible, or with `'fenced'`: see `CommitQueue`. */
  async commit(request: CommitRequest): Promise<readonly RecordPosition[] | 'fenced'> {
    if (this.#isClosed) throw new LogClosedError('the log was closed')
    return this.#queue.commit(request)
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.view.missingTopics(specs)
    await this.#writer.ensureTopics(specs)
    this.view.refresh()
    // Another call may have created one of them at the same time.
    this.view.missingTopics(specs)
  }

  async sweep(): Promise<void> {
    await this.#writer.sweep()
  }

  /** What was appended before is still made durable. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#queue.whenIdle()
    await this.#owned.disposeAsync()
    this.tip.advance()
  }

  async #write(commit: Commit): Promise<void> {
    await this.#writer.commit(commit)
    for (const { partitionId, to, timestampMs } of commit.ends) {
      this.view.catalog.advance(partitionId, to, timestampMs)
    }
    // Readers learn of it in the same turn in which the append resolves.
    this.tip.advance()
  }
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new LogUnavailableError(`the folder ${directory} cannot be made: ${reason}`, { cause: error })
  }
}
