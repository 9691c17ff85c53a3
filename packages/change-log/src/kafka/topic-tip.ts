import { setTimeout as sleep } from 'node:timers/promises'
import { LogClosedError, LogUnavailableError } from '../errors.ts'
import type { BrokerConnections, HostPort } from './broker-connections.ts'
import { BrokerError, checkCode, ErrorCode } from './broker-error.ts'
import { isPassing } from './change-log-error-of.ts'
import type { Cluster } from './cluster.ts'
import { storedEnd } from './record-batches.ts'
import { type FetchedPartition, fetchRecords } from './requests/fetch-records.ts'
import type { Request } from './requests/request.ts'

/** How long a broker holds a question back while there is nothing new: so late may a reader of other partitions join in. */
const WAIT_MS_MAX = 250
const PARTITION_BYTES_MAX = 1024 * 1024
const ANSWER_BYTES_MAX = 8 * 1024 * 1024
const RETRY_MS = 100
/** Who waits is told of an outage after so long. */
const OUTAGE_MS_MAX = 3_000

/** Partition and what is next to read. */
export type Positions = ReadonlyMap<number, bigint>

type Place = readonly [partition: number, offset: bigint]

interface Waiter {
  readonly positions: Positions
  readonly wake: () => void
  readonly fail: (error: unknown) => void
}

/**
 * Where readers wait for the topic to grow. However many wait, each broker is asked once; what it answered is held until
 * the next question, so that readers at the tip need not fetch it again. Nobody waits: nothing is asked.
 */
export class TopicTip {
  readonly #cluster: Cluster
  readonly #topic: string
  /** Of its own: behind a question about another topic, which a broker holds back, this one would wait as well. */
  readonly #waiting: BrokerConnections
  readonly #waiters = new Set<Waiter>()
  readonly #stableEnds = new Map<number, bigint>()
  readonly #held = new Map<number, { readonly from: bigint; readonly fetched: FetchedPartition }>()
  readonly #asking = new Set<HostPort>()
  /** Since when each broker does not answer; under the topic, since when a partition has no leader. */
  readonly #failingSinceMs = new Map<HostPort | string, number>()

  constructor(cluster: Cluster, topic: string) {
    this.#cluster = cluster
    this.#topic = topic
    this.#waiting = cluster.newConnections()
  }

  /** Where committed records end, as far as was heard. */
  stableEnd(partition: number): bigint {
    return this.#stableEnds.get(partition) ?? 0n
  }

  hear(partition: number, stableEnd: bigint): void {
    this.#stableEnds.set(partition, stableEnd)
  }

  /** What was heard last, if it begins at this offset. */
  held(partition: number, offset: bigint): FetchedPartition | undefined {
    const held = this.#held.get(partition)
    return held?.from === offset ? held.fetched : undefined
  }

  /**
   * Resolves once one of the partitions has records from its position on, or the signal aborts. Rejects with `LogUnavailableError` when
   * the brokers are not reached for a while, and with a `BrokerError` for a position that is not there.
   */
  wait(positions: Positions, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#hasNews(positions)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const leave = () => {
        signal.removeEventListener('abort', wake)
        this.#waiters.delete(waiter)
      }
      const wake = () => {
        leave()
        resolve()
      }
      const fail = (error: unknown) => {
        leave()
        reject(error)
      }
      const waiter: Waiter = { positions, wake, fail }
      signal.addEventListener('abort', wake)
      this.#waiters.add(waiter)
      this.#askAll()
    })
  }

  /** Hears what there is now at all of the positions: one question to each broker, which does not wait. */
  async look(positions: Positions): Promise<void> {
    const leaders = this.#cluster.byLeader(this.#topic, [...positions.keys()])
    const looks = [...leaders].map(async ([leader, partitions]) => {
      const from = placesOf(partitions, positions)
      const answer = await this.#cluster.reading.to(leader).send(this.#question(from, 0))
      this.#takeAll(answer, from)
    })
    await Promise.all(looks)
  }

  #hasNews(positions: Positions): boolean {
    for (const [partition, offset] of positions) if (offset < this.stableEnd(partition)) return true
    return false
  }

  #askAll(): void {
    if (this.#waiters.size === 0) return
    const wanted = this.#wanted()
    let leaders: ReadonlyMap<HostPort, readonly number[]>
    try {
      leaders = this.#cluster.byLeader(this.#topic, [...wanted.keys()])
    } catch (error) {
      void this.#askAgain(this.#topic, error)
      return
    }
    this.#failingSinceMs.delete(this.#topic)
    for (const [leader, partitions] of leaders) {
      void this.#ask(leader, placesOf(partitions, wanted))
    }
  }

  /** The furthest position that somebody waits at: who waits further back has news already. */
  #wanted(): Map<number, bigint> {
    const wanted = new Map<number, bigint>()
    for (const { positions } of this.#waiters) {
      for (const [partition, offset] of positions) {
        if (offset >= (wanted.get(partition) ?? 0n)) wanted.set(partition, offset)
      }
    }
    return wanted
  }

  async #ask(leader: HostPort, from: readonly Place[]): Promise<void> {
    if (this.#asking.has(leader)) return
    this.#asking.add(leader)
    for (const [partition] of from) this.#held.delete(partition)
    try {
      const answer = await this.#waiting.to(leader).send(this.#question(from, WAIT_MS_MAX))
      this.#takeAll(answer, from)
    } catch (error) {
      this.#asking.delete(leader)
      await this.#askAgain(leader, error)
      return
    }
    this.#failingSinceMs.delete(leader)
    this.#asking.delete(leader)
    this.#askAll()
  }

  #question(from: readonly Place[], waitMsMax: number): Request<readonly FetchedPartition[]> {
    return fetchRecords({
      topic: this.#topic,
      from,
      waitMsMax,
      partitionBytesMax: PARTITION_BYTES_MAX,
      bytesMax: ANSWER_BYTES_MAX,
    })
  }

  #takeAll(answer: readonly FetchedPartition[], from: readonly Place[]): void {
    const asked = new Map(from)
    for (const fetched of answer) this.#take(fetched, asked.get(fetched.partition) ?? 0n)
  }

  #take(fetched: FetchedPartition, from: bigint): void {
    const { partition, errorCode, bytes, lastStableOffset } = fetched
    if (errorCode === ErrorCode.offsetOutOfRange) {
      const error = new BrokerError(`${this.#topic}/${partition} at ${from}`, errorCode)
      this.#failAll(error, ({ positions }) => positions.get(partition) === from)
      return
    }
    checkCode(`read ${this.#topic}/${partition}`, errorCode)
    if (storedEnd(bytes) === undefined) return
    this.#held.set(partition, { from, fetched })
    this.hear(partition, lastStableOffset)
    for (const waiter of [...this.#waiters]) if (this.#hasNews(waiter.positions)) waiter.wake()
  }

  async #askAgain(what: HostPort | string, error: unknown): Promise<void> {
    const sinceMs = this.#failingSinceMs.get(what) ?? performance.now()
    this.#failingSinceMs.set(what, sinceMs)
    if (this.#cluster.closed.aborted) this.#failAll(new LogClosedError('the log was closed'))
    else if (!isPassing(error)) this.#failAll(error)
    else if (performance.now() - sinceMs > OUTAGE_MS_MAX) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#failAll(new LogUnavailableError(`could not read ${this.#topic}: ${reason}`, { cause: error }))
    }
    if (this.#waiters.size === 0) return
    const { closed } = this.#cluster
    await sleep(RETRY_MS, undefined, { signal: closed }).catch(() => undefined)
    await this.#cluster.refresh().catch(() => undefined)
    this.#askAll()
  }

  #failAll(error: unknown, isConcerned: (waiter: Waiter) => boolean = () => true): void {
    for (const waiter of [...this.#waiters]) if (isConcerned(waiter)) waiter.fail(error)
  }
}

function placesOf(partitions: readonly number[], positions: Positions): readonly Place[] {
  return partitions.map((partition) => [partition, positions.get(partition) ?? 0n])
}
