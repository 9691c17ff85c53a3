import { setTimeout as sleep } from 'node:timers/promises'
import { LogClosedError, LogUnavailableError, UnknownTopicError } from '../errors.ts'
import type { BrokerConnection } from './broker-connection.ts'
import { BrokerConnections, type HostPort } from './broker-connections.ts'
import { BrokerError, checkCode, ErrorCode } from './broker-error.ts'
import { isPassing } from './change-log-error-of.ts'
import type { KafkaConnectionOptions } from './kafka-options.ts'
import { clusterMetadata, type Metadata, type PartitionMetadata } from './requests/cluster-metadata.ts'

/** A broker that is asked where things are has so long, before another one is asked. */
const ASK_MS_MAX = 2_000
const RETRY_MS_MIN = 20
const RETRY_MS_MAX = 500
/** The last transaction of the same producer is still being written out, which takes a few milliseconds. */
const CONCURRENT_RETRY_MS = 2

const LEADER_NOT_AVAILABLE = 5

export type CoordinatorKind = 'group' | 'transaction'
const COORDINATOR_TYPE = { group: 0, transaction: 1 } as const

export interface ClusterOptions extends KafkaConnectionOptions {
  readonly outageTimeoutMs: number
}

/**
 * Who leads what, and connections to all brokers. Of topics it knows those that it was asked for. A broker answers the
 * requests of a connection one after the other, hence several connections to each, by what they wait for.
 */
export class Cluster implements Disposable {
  /** Aborts when the log is closed. */
  readonly closed: AbortSignal
  /** For requests that are answered at once. */
  readonly requests: BrokerConnections
  /** For reading what is there. */
  readonly reading: BrokerConnections
  readonly #closing = new AbortController()
  readonly #options: ClusterOptions
  readonly #seeds: readonly HostPort[]
  readonly #brokers = new Map<number, HostPort>()
  readonly #topics = new Map<string, readonly PartitionMetadata[]>()
  readonly #coordinators = new Map<string, number>()
  readonly #connections: BrokerConnections[] = []
  #id = ''
  #refreshing: Promise<void> | undefined
  #lastAnswering: HostPort | undefined

  /** Rejects with `LogUnavailableError` when none of the brokers can be reached. */
  static async open(options: ClusterOptions): Promise<Cluster> {
    const cluster = new Cluster(options)
    try {
      await cluster.persist('open the log', () => cluster.#load([]))
      return cluster
    } catch (error) {
      cluster[Symbol.dispose]()
      throw error
    }
  }

  private constructor(options: ClusterOptions) {
    this.#options = options
    this.#seeds = options.brokers.map(hostPortOf)
    this.closed = this.#closing.signal
    this.requests = this.newConnections()
    this.reading = this.newConnections()
  }

  /** What the cluster calls itself; a new cluster has another. */
  get id(): string {
    return this.#id
  }

  get options(): ClusterOptions {
    return this.#options
  }

  /** For what a broker may hold back for a while. Closed with the cluster at the latest. */
  newConnections(): BrokerConnections {
    const connections = new BrokerConnections(this.#options)
    if (this.closed.aborted) connections.close()
    this.#connections.push(connections)
    return connections
  }

  /** Rejects with `UnknownTopicError`. */
  async partitions(topic: string): Promise<readonly PartitionMetadata[]> {
    if (!this.#topics.has(topic)) await this.persist(`find ${topic}`, () => this.#load([topic]))
    return this.knownPartitions(topic)
  }

  /** Throws `UnknownTopicError`, also for a topic that was not asked for before. */
  knownPartitions(topic: string): readonly PartitionMetadata[] {
    const partitions = this.#topics.get(topic)
    if (partitions === undefined) throw new UnknownTopicError(`the topic ${topic} was never created`)
    return partitions
  }

  /** The partitions by the broker that leads them. Throws a passing error when one has no leader. */
  byLeader(topic: string, partitions: readonly number[]): ReadonlyMap<HostPort, readonly number[]> {
    const groups = new Map<HostPort, number[]>()
    for (const partition of partitions) {
      const leader = this.leader(topic, partition)
      const group = groups.get(leader)
      if (group === undefined) groups.set(leader, [partition])
      else group.push(partition)
    }
    return groups
  }

  leader(topic: string, partition: number): HostPort {
    const found = this.knownPartitions(topic)[partition]
    const broker = this.#brokers.get(found?.leader ?? -1)
    if (broker === undefined)
      throw new BrokerError(`${topic}/${partition} has no leader`, LEADER_NOT_AVAILABLE)
    return broker
  }

  async coordinator(kind: CoordinatorKind, key: string): Promise<HostPort> {
    const known = this.#brokers.get(this.#coordinators.get(`${kind} ${key}`) ?? -1)
    if (known !== undefined) return known
    const args = { groupId: key, coordinatorType: COORDINATOR_TYPE[kind] }
    const { errorCode, coordinator } = await this.ask((connection) =>
      connection.call('GroupCoordinator', args),
    )
    checkCode(`find the coordinator of ${key}`, errorCode)
    this.#coordinators.set(`${kind} ${key}`, coordinator.nodeId)
    const found = this.#brokers.get(coordinator.nodeId)
    if (found === undefined) {
      throw new BrokerError(`the coordinator of ${key} is unknown`, ErrorCode.coordinatorNotAvailable)
    }
    return found
  }

  /** Asks any broker that answers. */
  async ask<T>(question: (connection: BrokerConnection) => Promise<T>): Promise<T> {
    let failure: unknown
    for (const broker of this.#candidates()) {
      try {
        const answer = await withinAskTime(question(this.requests.to(broker)))
        this.#lastAnswering = broker
        return answer
      } catch (error) {
        if (!isPassing(error)) throw error
        failure = error
      }
    }
    throw failure
  }

  /** Hears anew who leads what. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#load([...this.#topics.keys()]).finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  /**
   * Tries again after a passing error, with fresh knowledge of the cluster, until the time is over; then rejects with
   * `LogUnavailableError`. Any other error is passed on as it is.
   */
  async persist<T>(
    what: string,
    attempt: () => Promise<T>,
    timeoutMs: number = this.#options.outageTimeoutMs,
  ): Promise<T> {
    const giveUpAt = performance.now() + timeoutMs
    for (let delayMs = RETRY_MS_MIN; ; delayMs = Math.min(2 * delayMs, RETRY_MS_MAX)) {
      this.throwIfClosed()
      try {
        return await attempt()
      } catch (error) {
        this.throwIfClosed()
        if (!isPassing(error)) throw error
        if (performance.now() + delayMs > giveUpAt) throw unavailable(what, error)
        await this.#recover(error, delayMs)
      }
    }
  }

  throwIfClosed(): void {
    if (this.closed.aborted) throw new LogClosedError('the log was closed')
  }

  [Symbol.dispose](): void {
    this.#closing.abort()
    for (const connections of this.#connections) connections.close()
  }

  async #recover(error: unknown, delayMs: number): Promise<void> {
    const signal = this.closed
    if (error instanceof BrokerError && error.code === ErrorCode.concurrentTransactions) {
      await sleep(CONCURRENT_RETRY_MS, undefined, { signal }).catch(() => undefined)
      return
    }
    this.#coordinators.clear()
    await sleep(delayMs, undefined, { signal }).catch(() => undefined)
    // A failure shows in the next attempt.
    await this.refresh().catch(() => undefined)
  }

  async #load(topics: readonly string[]): Promise<void> {
    const metadata = await this.ask((connection) => connection.send(clusterMetadata(topics)))
    this.#checkIdentity(metadata.clusterId ?? '')
    this.#take(metadata)
  }

  /** Offsets of one cluster mean nothing in another: whoever holds some has to hear of it. */
  #checkIdentity(id: string): void {
    if (this.#id !== '' && this.#id !== id) {
      throw new LogClosedError(`cluster ${this.#id} was replaced by cluster ${id}: open the log again`)
    }
    this.#id = id
  }

  #take({ brokers, topics }: Metadata): void {
    for (const { nodeId, host, port } of brokers) {
      const known = this.#brokers.get(nodeId)
      if (known?.host !== host || known.port !== port) this.#brokers.set(nodeId, { host, port })
    }
    for (const { errorCode, name, partitions } of topics) {
      // A broker that has just started may not have heard yet of a topic that there is.
      if (errorCode === ErrorCode.none) this.#topics.set(name, this.#asManyAsKnown(name, partitions))
      else if (errorCode !== ErrorCode.unknownTopicOrPartition) checkCode(`find ${name}`, errorCode)
    }
  }

  /**
   * Partitions that are added to a topic count from the next start on: keys move to other partitions with them, and positions get
   * longer, which must not happen under way.
   */
  #asManyAsKnown(topic: string, partitions: readonly PartitionMetadata[]): readonly PartitionMetadata[] {
    return partitions.slice(0, this.#topics.get(topic)?.length)
  }

  #candidates(): ReadonlySet<HostPort> {
    const brokers = [...this.#brokers.values()]
    const start = Math.floor(Math.random() * brokers.length)
    const first = this.#lastAnswering === undefined ? [] : [this.#lastAnswering]
    return new Set([...first, ...brokers.slice(start), ...brokers.slice(0, start), ...this.#seeds])
  }
}

function hostPortOf(broker: string): HostPort {
  const { hostname, port } = new URL(`kafka://${broker}`)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) }
}

async function withinAskTime<T>(answer: Promise<T>): Promise<T> {
  const timer = new AbortController()
  const tooLate = sleep(ASK_MS_MAX, undefined, { signal: timer.signal }).then(() => {
    throw new BrokerError('no answer in time', REQUEST_TIMED_OUT)
  })
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    timer.abort()
    tooLate.catch(() => undefined)
    answer.catch(() => undefined)
  }
}

const REQUEST_TIMED_OUT = 7

function unavailable(what: string, error: unknown): LogUnavailableError {
  const reason = error instanceof Error ? error.message : String(error)
  return new LogUnavailableError(`could not ${what}: ${reason}`, { cause: error })
}
