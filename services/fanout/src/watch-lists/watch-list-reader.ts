import {
  type ChangeLog,
  type LogRecord,
  LogUnavailableError,
  OffsetTrimmedError,
  UnknownTopicError,
} from '@freshet/change-log'
import { WATCH_LISTS_TOPIC } from '@freshet/events'
import type { LogReader } from '../log-follower.ts'
import { onBrokenPromise, onWatchListDeleted, onWatchListRead } from '../metrics.ts'
import { WakeUp } from '../wake-up.ts'
import { StoredWatchList } from './stored-watch-list.ts'

export interface WatchListReaderOptions {
  readonly log: ChangeLog
  /** A list has come, was replaced or is gone. */
  readonly onChange: () => void
}

const BATCH_BYTES_MAX = 1024 * 1024
/** How long a request waits for what was stored before it. */
const CATCH_UP_MS_MAX = 10_000

/** The watch-lists that the log holds, in memory. What it may hold is bounded where lists are stored. */
export class WatchListReader implements LogReader {
  readonly #options: WatchListReaderOptions
  readonly #lists = new Map<string, StoredWatchList>()
  readonly #sleepers = new Set<WakeUp>()
  /** Next to read in each partition; undefined: it has to begin from the start. */
  #offsets: bigint[] | undefined
  /** Known from before the start, and not met again since. They are gone if they are not met before these offsets. */
  #unmet: { readonly names: Set<string>; readonly ends: readonly bigint[] } | undefined

  constructor(options: WatchListReaderOptions) {
    this.#options = options
  }

  /** By their names, as they are now. */
  get lists(): ReadonlyMap<string, StoredWatchList> {
    return this.#lists
  }

  /** Memory that they take. */
  get bytes(): number {
    return this.#lists.values().reduce((sum, { bytes }) => sum + bytes, 0)
  }

  async follow(signal: AbortSignal, onRead: () => void): Promise<void> {
    const { log } = this.#options
    const topic = WATCH_LISTS_TOPIC
    try {
      const offsets = this.#offsets ?? (await this.#begin())
      for await (const batch of log.read({ topic, from: offsets, batchBytesMax: BATCH_BYTES_MAX, signal })) {
        for (const record of batch.records) await this.#take(record)
        offsets[batch.partition] = batch.nextOffset
        this.#moved()
        onRead()
      }
    } catch (error) {
      // What is next was compacted away, while the log could not be read for long.
      if (error instanceof OffsetTrimmedError) this.#offsets = undefined
      else throw unavailableIfUnknown(error)
    }
  }

  /**
   * Resolves once everything is read that the log holds when it is called, so that a request goes by what was stored
   * before it, wherever that was. Rejects with a retryable `ChangeLogError`.
   */
  async caughtUp(): Promise<void> {
    const bounds = await this.#bounds()
    const ends = bounds.map(({ end }) => end)
    const wakeUp = new WakeUp()
    const deadlineMs = performance.now() + CATCH_UP_MS_MAX
    try {
      while (!this.#hasReached(ends)) {
        const leftMs = deadlineMs - performance.now()
        if (leftMs <= 0) throw new LogUnavailableError('the watch-lists cannot be read for now')
        this.#sleepers.add(wakeUp)
        await wakeUp.sleep(leftMs)
      }
    } finally {
      this.#sleepers.delete(wakeUp)
    }
  }

  async #begin(): Promise<bigint[]> {
    const bounds = await this.#bounds()
    const offsets = bounds.map(({ earliest }) => earliest)
    this.#offsets = offsets
    this.#unmet = { names: new Set(this.#lists.keys()), ends: bounds.map(({ end }) => end) }
    this.#moved()
    return offsets
  }

  async #bounds() {
    try {
      return await this.#options.log.bounds(WATCH_LISTS_TOPIC)
    } catch (error) {
      throw unavailableIfUnknown(error)
    }
  }

  async #take(record: LogRecord): Promise<void> {
    const { key: name, value } = record
    this.#unmet?.names.delete(name)
    if (value === null) return this.#delete(name)
    const startMs = performance.now()
    try {
      const list = await StoredWatchList.of(record, value)
      const known = this.#lists.get(name)
      this.#lists.set(name, list)
      onWatchListRead(list, performance.now() - startMs)
      if (known?.version !== list.version) this.#options.onChange()
    } catch (error) {
      // Whatever wrote it: those who use the list go on by the one before.
      onBrokenPromise(error)
    }
  }

  #delete(name: string): void {
    if (!this.#lists.delete(name)) return
    onWatchListDeleted(name)
    this.#options.onChange()
  }

  #moved(): void {
    if (this.#unmet !== undefined && this.#hasReached(this.#unmet.ends)) {
      for (const name of this.#unmet.names) this.#delete(name)
      this.#unmet = undefined
    }
    const woken = [...this.#sleepers]
    this.#sleepers.clear()
    for (const wakeUp of woken) wakeUp.ring()
  }

  #hasReached(ends: readonly bigint[]): boolean {
    return ends.every((end, partition) => (this.#offsets?.[partition] ?? -1n) >= end)
  }
}

/** The topic is there as soon as an ingest of this version has started. */
function unavailableIfUnknown(error: unknown): unknown {
  if (!(error instanceof UnknownTopicError)) return error
  return new LogUnavailableError(`${error.message}: ingest makes it when it starts`, { cause: error })
}
