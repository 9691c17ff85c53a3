import type { ChangeLog, TopicSpec } from '../../change-log.ts'
import { allRecords } from '../../contract/contract-subject.ts'
import { Cluster } from '../cluster.ts'
import type { KafkaChangeLogOptions } from '../kafka-options.ts'
import { alterTopicConfig } from '../requests/alter-topic-config.ts'
import { retentionSettings } from '../topic-settings.ts'
import { kafkaLogOptions } from './kafka-log.ts'

/**
 * Retention and compaction work on whole segments, and compaction never on the last, so segments have to be small. Kafka has a
 * setting for such tests. Here each of the contract's records, or pairs of records, gets one of its own.
 */
function smallSegments({ cleanup, retentionBytes }: TopicSpec): ReadonlyMap<string, string> {
  if (cleanup === 'compact') {
    return new Map([
      ['internal.segment.bytes', '100'],
      ['min.cleanable.dirty.ratio', '0.001'],
    ])
  }
  if (retentionBytes === undefined) return new Map()
  return new Map([['internal.segment.bytes', String(segmentBytes(retentionBytes))]])
}

function segmentBytes(retentionBytes: number): number {
  const recordBytesMax = Math.min(64 * 1024, Math.floor(retentionBytes / 5))
  return recordBytesMax + 1_000
}

/** Until it is time to sweep, so that nothing is removed under the hands of a test. */
const KEEP_EVERYTHING = new Map([
  ['retention.ms', '-1'],
  ['retention.bytes', '-1'],
])

/** Lets the broker, which retains and compacts all the time, do to the topics of a test what it may, and waits for it. */
export class KafkaSweeper implements Disposable {
  readonly #cluster: Cluster
  readonly #namePrefix: string
  readonly #specs = new Map<string, TopicSpec>()

  static async open(
    brokers: readonly string[],
    options: Partial<KafkaChangeLogOptions> = {},
  ): Promise<KafkaSweeper> {
    const whole = kafkaLogOptions(brokers, options)
    return new KafkaSweeper(await Cluster.open(whole), whole.namePrefix)
  }

  private constructor(cluster: Cluster, namePrefix: string) {
    this.#cluster = cluster
    this.#namePrefix = namePrefix
  }

  /** The same log, of which the sweeper hears what has to become of the topics that it watches. Others are left as they are, with segments of any size. */
  watch<Log extends ChangeLog>(log: Log, isWatched: (spec: TopicSpec) => boolean): Log {
    const ensureTopics = async (specs: readonly TopicSpec[]) => {
      await log.ensureTopics(specs)
      for (const spec of specs.filter(isWatched)) await this.#watch(spec)
    }
    return new Proxy(log, {
      get: (target, name) => {
        if (name === 'ensureTopics') return ensureTopics
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  async sweep(log: ChangeLog): Promise<void> {
    for (const spec of this.#specs.values()) {
      await this.#alter(spec, keptRetention(spec))
      while (!(await isSwept(log, spec))) await nextTurn()
    }
  }

  [Symbol.dispose](): void {
    this.#cluster[Symbol.dispose]()
  }

  async #watch(spec: TopicSpec): Promise<void> {
    const isRetained = spec.retentionMs !== undefined || spec.retentionBytes !== undefined
    if (!isRetained && spec.cleanup === 'delete') return
    this.#specs.set(spec.name, spec)
    await this.#alter(spec, new Map([...smallSegments(spec), ...KEEP_EVERYTHING]))
  }

  async #alter({ name }: TopicSpec, settings: ReadonlyMap<string, string>): Promise<void> {
    const request = alterTopicConfig(`${this.#namePrefix}${name}`, settings)
    await this.#cluster.ask((connection) => connection.send(request))
  }
}

/** As the log had set it. */
function keptRetention(spec: TopicSpec): ReadonlyMap<string, string> {
  return new Map([...retentionSettings(spec)].filter(([name]) => KEEP_EVERYTHING.has(name)))
}

async function isSwept(
  log: ChangeLog,
  { name, cleanup, partitions, retentionBytes, retentionMs }: TopicSpec,
): Promise<boolean> {
  const records = await allRecords(log, name).catch(() => undefined)
  // Overtaken while it was read.
  if (records === undefined) return false
  if (cleanup === 'compact') {
    const ends = await log.bounds(name)
    // The segment that is written to is not compacted.
    const compacted = records.filter(({ partition, offset }) => offset < (ends[partition]?.end ?? 0n) - 1n)
    return new Set(compacted.map(({ key }) => key)).size === compacted.length
  }
  const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)
  // The segment in which the retention is reached stays whole.
  const bytesMax =
    retentionBytes === undefined ? bytes : retentionBytes + partitions * segmentBytes(retentionBytes)
  if (bytes > bytesMax) return false
  const oldestMs = Date.now() - (retentionMs ?? Number.POSITIVE_INFINITY)
  return records.every(({ timestampMs }) => timestampMs >= oldestMs)
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
