import type {
  ChangeLog,
  NewRecord,
  PartitionBounds,
  ProcessOptions,
  ReadOptions,
  RecordBatch,
  RecordPosition,
  TopicSpec,
} from '../change-log.ts'
import { ConsumerGroups } from '../consumer-groups.ts'
import { LogReadOnlyError, LogUnavailableError } from '../errors.ts'
import { follow } from '../follow.ts'
import { type GroupCommit, type GroupStore, processRecords } from '../process-records.ts'
import type { RecordStore } from '../record-store.ts'
import { Tip } from '../tip.ts'
import { LogAppender, type LogAppenderOptions } from './log-appender.ts'
import { LogView } from './log-view.ts'
import { TipPoll } from './tip-poll.ts'

export type EmbeddedChangeLogOptions =
  /**
   * One process writes to a folder, which is made when it does not exist. `onMaintenanceFailure` is told when retention,
   * compaction or merging failed, on a full disk for example; they are tried again by themselves.
   */
  | ({ readonly mode: 'write' } & LogAppenderOptions)
  /** Any number of processes read, beside the one that writes. */
  | { readonly mode: 'read'; readonly directory: string }

/**
 * The change log in one folder, without a server: an SQLite database whose rows are blocks of records, and files with the
 * large ones. A thread of its own writes and waits for the disk, another reads ahead in the files; the rest of reading happens
 * in the caller's thread, out of the page cache as a rule.
 */
export class EmbeddedChangeLog implements ChangeLog {
  readonly #view: LogView
  /** Undefined in a log that only reads. */
  readonly #appender: LogAppender | undefined
  readonly #tipPoll: TipPoll | undefined
  readonly #store: RecordStore
  readonly #groups = new ConsumerGroups()

  private constructor(view: LogView, appender: LogAppender | undefined) {
    this.#view = view
    this.#appender = appender
    const tipPoll = appender === undefined ? new TipPoll(view.database, () => view.refresh()) : undefined
    this.#tipPoll = tipPoll
    this.#store = {
      tip: appender?.tip ?? tipPoll?.tip ?? new Tip(),
      bounds: (topic) => view.bounds(topic),
      ends: (topic) => {
        tipPoll?.throwFailure()
        return view.ends(topic)
      },
      fetch: (topic, partition, offset, limits) => view.fetch(topic, partition, offset, limits),
      readAhead: (topic, partition, offset) => view.readAhead(topic, partition, offset),
    }
  }

  /**
   * Rejects with `LogLockedError` when another writer has the folder, `UnknownLayoutError` and `LogCorruptError` when what is in it
   * cannot be used, and `LogUnavailableError` when it cannot be reached or, for a reader, is not there yet.
   */
  static async open(options: EmbeddedChangeLogOptions): Promise<EmbeddedChangeLog> {
    if (options.mode === 'read') return new EmbeddedChangeLog(LogView.open(options.directory), undefined)
    const appender = await LogAppender.open(options)
    return new EmbeddedChangeLog(appender.view, appender)
  }

  get id(): string {
    return this.#view.id
  }

  /** A log that only reads checks the topics, and rejects with `LogUnavailableError` until the writer has created them. */
  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    if (this.#appender !== undefined) return this.#appender.ensureTopics(specs)
    const [missing] = this.#view.missingTopics(specs)
    if (missing === undefined) return
    throw new LogUnavailableError(
      `the topic ${missing.name} does not exist yet: the process that writes makes it`,
    )
  }

  partitionOf(topic: string, key: string): number {
    return this.#view.partitionOf(topic, key)
  }

  append(records: readonly NewRecord[]): Promise<readonly RecordPosition[]> {
    return this.transact(records)
  }

  async transact(records: readonly NewRecord[]): Promise<readonly RecordPosition[]> {
    const positions = await this.#writable().commit({ records, moves: [] })
    // Nothing is fenced where no group moves.
    return positions === 'fenced' ? [] : positions
  }

  read(options: ReadOptions): AsyncIterable<RecordBatch> {
    return follow(this.#store, options)
  }

  async process(options: ProcessOptions): Promise<void> {
    const appender = this.#writable()
    const store: GroupStore = {
      ...this.#store,
      groups: this.#groups,
      nextToHandle: (group, topic) => this.#view.nextToHandle(group, topic),
      commit: (commit) => this.#commitGroup(appender, commit),
    }
    await processRecords(store, options)
  }

  async committed(group: string, topic: string): Promise<readonly bigint[]> {
    return this.#view.committed(group, topic)
  }

  async bounds(topic: string): Promise<readonly PartitionBounds[]> {
    return this.#view.bounds(topic)
  }

  async offsetsForTime(topic: string, timestampMs: number): Promise<readonly bigint[]> {
    return this.#view.offsetsForTime(topic, timestampMs)
  }

  /** Removes now what retention and compaction allow, as happens by itself at every interval. */
  async sweep(): Promise<void> {
    await this.#writable().sweep()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#appender !== undefined) return this.#appender[Symbol.asyncDispose]()
    this.#tipPoll?.stop()
    this.#view[Symbol.dispose]()
    // Who still reads finds the log closed, instead of waiting for ever.
    this.#store.tip.advance()
  }

  #writable(): LogAppender {
    if (this.#appender !== undefined) return this.#appender
    throw new LogReadOnlyError('this log was opened for reading: only the process that writes can do that')
  }

  #commitGroup(
    appender: LogAppender,
    { group, topic, moves, append }: GroupCommit,
  ): Promise<readonly RecordPosition[] | 'fenced'> {
    const { partitions } = this.#view.catalog.topic(topic)
    const groupMoves = moves.flatMap(({ partition, from, to }) => {
      const id = partitions[partition]?.id
      return id === undefined ? [] : [{ group, partitionId: id, from: Number(from), next: Number(to) }]
    })
    return appender.commit({ records: append, moves: groupMoves })
  }
}
