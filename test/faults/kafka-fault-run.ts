import { setTimeout as sleep } from 'node:timers/promises'
import { EditLoad } from './kafka-edit-load.ts'
import { FAULTS, type Random, randomFrom, shuffled } from './kafka-faults.ts'
import { FreshetCluster } from './kafka-freshet-cluster.ts'
import { type LongestStalls, NO_FAULT, Stalls } from './kafka-stalls.ts'
import { ClusterSubscriber } from './kafka-subscriber.ts'

export interface FaultRunOptions {
  /** Every kind of fault happens once, however long it takes; then again until the time is over. */
  readonly seconds: number
  readonly editsPerSecond: number
  readonly subscribers: number
  readonly seed: number
  readonly say: (line: string) => void
}

export interface FaultReport {
  /** Empty when every acknowledged edit was one change for every subscriber, in order. */
  readonly violations: readonly string[]
  readonly acknowledged: number
  readonly editsPerSecond: number
  readonly deliveries: number
  /** How often each kind of fault happened. */
  readonly faults: ReadonlyMap<string, number>
  readonly stalls: readonly LongestStalls[]
  /** What the nodes wrote, of those that had to be running at the end. */
  readonly outputs: ReadonlyMap<string, string>
}

const PARTITIONS = 10
/** Before the first fault, for comparison. */
const UNDISTURBED_MS = 10_000
const SETTLING_MS_MAX = 4_000
/** The others keep no texts: it is the machine of the test that works those out. */
const SUBSCRIBERS_WITH_TEXTS = 3
/** Nothing at all arrived for so long, though nothing is broken any more. */
const STUCK_MS = 120_000
const LOOK_MS = 100

/** Three brokers, two ingest nodes and two fan-out nodes under load, and faults of every kind. */
export async function runFaults(options: FaultRunOptions): Promise<FaultReport> {
  const { say } = options
  await using cluster = await FreshetCluster.start({
    brokers: 3,
    ingestNodes: 2,
    fanoutNodes: 2,
    partitions: PARTITIONS,
  })
  say(`${cluster.kafka.nodes.length} brokers, ${cluster.nodes.map(({ name }) => name).join(', ')} are up`)
  // Awaited here, since the cluster is there only until this function returns.
  return await new FaultRun(cluster, options).run()
}

class FaultRun {
  readonly #cluster: FreshetCluster
  readonly #options: FaultRunOptions
  readonly #stalls = new Stalls()
  readonly #load: EditLoad
  readonly #subscribers: readonly ClusterSubscriber[]
  readonly #faults = new Map<string, number>()
  readonly #violations: string[] = []
  readonly #violated = new AbortController()

  constructor(cluster: FreshetCluster, options: FaultRunOptions) {
    this.#cluster = cluster
    this.#options = options
    const urls = cluster.ingest.map(({ url }) => url)
    const { editsPerSecond } = options
    this.#load = new EditLoad({ urls, editsPerSecond, stalls: this.#stalls, giveUp: this.#violated.signal })
    this.#subscribers = Array.from({ length: options.subscribers }, (_, index) =>
      this.#subscriber(`subscriber ${index + 1}`, index, index < SUBSCRIBERS_WITH_TEXTS),
    )
  }

  async run(): Promise<FaultReport> {
    const [posting, reading] = [new AbortController(), new AbortController()]
    const posted = this.#watch(this.#load.run(posting.signal))
    const read = this.#subscribers.map((subscriber) => this.#watch(subscriber.run(reading.signal)))
    const startMs = performance.now()
    await this.#watch(this.#disturb(startMs))
    posting.abort()
    await posted
    const elapsedMs = performance.now() - startMs
    await this.#watch(this.#untilInStep(this.#subscribers))
    this.#checkTexts()
    await this.#watch(this.#readAgain())
    const outputs = new Map(this.#cluster.nodes.map(({ name, output }) => [name, output]))
    reading.abort()
    await Promise.all(read)
    const { acknowledged } = this.#load
    return {
      violations: this.#violations,
      acknowledged,
      editsPerSecond: acknowledged / (elapsedMs / 1_000),
      deliveries: this.#subscribers.reduce((sum, { deliveries }) => sum + deliveries, 0),
      faults: this.#faults,
      stalls: this.#stalls.rows(),
      outputs,
    }
  }

  async #disturb(startMs: number): Promise<void> {
    const random = randomFrom(this.#options.seed)
    const endAtMs = startMs + this.#options.seconds * 1_000
    await this.#settle(UNDISTURBED_MS)
    do {
      for (const { kind, happen } of shuffled(FAULTS, random)) {
        this.#stalls.begin(kind)
        await happen(this.#cluster, random)
        await this.#recover(kind, random)
        if (this.#violated.signal.aborted) return
        if (this.#faults.size === FAULTS.length && performance.now() > endAtMs) return
      }
    } while (performance.now() < endAtMs)
  }

  /** Until everybody has what is posted after the fault. */
  async #recover(kind: string, random: Random): Promise<void> {
    const overAtMs = performance.now()
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1)
    await this.#settle(random() * SETTLING_MS_MAX)
    await this.#untilAllPost()
    await this.#untilInStep(this.#subscribers)
    const seconds = ((performance.now() - overAtMs) / 1_000).toFixed(1)
    this.#options.say(
      `${kind}: over; all in step ${seconds} s later, ${this.#load.acknowledged} edits acknowledged`,
    )
  }

  /** Until an edit of every page is acknowledged that was posted after this. */
  async #untilAllPost(): Promise<void> {
    const before = new Map(this.#load.lastRevisions)
    const isBehind = ([page, revision]: readonly [number, number]) =>
      revision < (before.get(page) ?? 0) + 2 * this.#load.revisionsOf(page).step
    await this.#until(
      () => [...this.#load.lastRevisions].filter(isBehind).map(([page]) => `page ${page} gets no edits`),
      () => this.#load.acknowledged,
    )
  }

  /** Until they have what is acknowledged by now. */
  async #untilInStep(subscribers: readonly ClusterSubscriber[]): Promise<void> {
    const wanted = new Map(this.#load.lastRevisions)
    await this.#until(
      () =>
        subscribers.flatMap((subscriber) => {
          const missing = subscriber.missing(wanted)
          return missing === undefined ? [] : [`${subscriber.name}: ${missing}`]
        }),
      () => subscribers.reduce((sum, { deliveries }) => sum + deliveries, 0),
    )
  }

  /** Until nothing is behind. Rejects when there is no progress any more. */
  async #until(behind: () => readonly string[], progress: () => number): Promise<void> {
    let [last, lastAtMs] = [progress(), performance.now()]
    while (!this.#violated.signal.aborted) {
      const left = behind()
      if (left.length === 0) return
      const now = progress()
      if (now > last) [last, lastAtMs] = [now, performance.now()]
      if (performance.now() - lastAtMs > STUCK_MS) throw new Error(left.join('\n'))
      await sleep(LOOK_MS)
    }
  }

  #checkTexts(): void {
    for (const subscriber of this.#subscribers.slice(0, SUBSCRIBERS_WITH_TEXTS)) {
      for (const page of this.#load.lastRevisions.keys()) {
        if (this.#violated.signal.aborted || subscriber.textOf(page) === this.#load.textOf(page)) continue
        this.#violations.push(`${subscriber.name}: page ${page} has another text than was posted`)
      }
    }
  }

  /** What the log holds in the end, by each fan-out node: a change that came late as a second one would be found. */
  async #readAgain(): Promise<void> {
    const late = this.#cluster.fanout.map(({ name }, index) =>
      this.#subscriber(`a late reader of ${name}`, index, false),
    )
    const reading = new AbortController()
    const read = late.map((subscriber) => this.#watch(subscriber.run(reading.signal)))
    await this.#untilInStep(late)
    reading.abort()
    await Promise.all(read)
  }

  #subscriber(name: string, firstNode: number, keepsTexts: boolean): ClusterSubscriber {
    const { fanout } = this.#cluster
    const urls = fanout.map((_, index) => fanout[(firstNode + index) % fanout.length]?.url ?? '')
    const revisionsOf = (page: number) => this.#load.revisionsOf(page)
    return new ClusterSubscriber({ name, urls, revisionsOf, keepsTexts, stalls: this.#stalls })
  }

  #settle(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#violated.signal }).catch(() => undefined)
  }

  /** The first violation ends the run. */
  async #watch(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      this.#violations.push(error instanceof Error ? error.message : String(error))
      this.#violated.abort()
    }
  }
}

/** A few lines for a person. */
export function linesOf(report: FaultReport): readonly string[] {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`.padStart(8)
  return [
    `${report.acknowledged} edits acknowledged, ${report.editsPerSecond.toFixed(0)} a second; ${report.deliveries} changes delivered`,
    `${'longest stall'.padEnd(34)} times  of acknowledgements  of deliveries of a page`,
    ...report.stalls.map(({ fault, acknowledgementMs, deliveryMs }) => {
      const times = fault === NO_FAULT ? '' : String(report.faults.get(fault) ?? 0)
      return `${fault.padEnd(34)} ${times.padStart(5)} ${seconds(acknowledgementMs).padStart(20)} ${seconds(deliveryMs).padStart(24)}`
    }),
    ...(report.violations.length === 0
      ? ['no violation']
      : report.violations.map((one) => `VIOLATION: ${one}`)),
  ]
}
