import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KafkaCluster } from '../kafka/kafka-cluster.ts'
import { FreshetNode } from './kafka-freshet-node.ts'

export interface FreshetClusterOptions {
  readonly brokers: 1 | 3
  readonly ingestNodes: number
  readonly fanoutNodes: number
  readonly partitions: number
}

const INGEST_OPTIONS = ['--source', 'none', '--mediawiki-api', 'none', '--part-threads', '1']
const FANOUT_OPTIONS = ['--workers', '1', '--archive-bytes-max', '0', '--drain-window-ms', '200']

/** Freshet as it grows: brokers, ingest nodes and fan-out nodes, each a process of its own. */
export class FreshetCluster implements AsyncDisposable {
  readonly kafka: KafkaCluster
  readonly ingest: readonly FreshetNode[]
  readonly fanout: readonly FreshetNode[]
  readonly #directory: string

  /** Rejects with `NoKafkaError` where Java or Maven is missing. */
  static async start(options: FreshetClusterOptions): Promise<FreshetCluster> {
    await using started = new AsyncDisposableStack()
    const kafka = started.use(
      await KafkaCluster.start({
        nodes: options.brokers,
        tunedFor: 'start',
        properties: () => ({}),
        formatOptions: [],
      }),
    )
    const directory = await mkdtemp(join(tmpdir(), 'freshet-cluster-'))
    const cluster = started.use(new FreshetCluster(kafka, directory, options))
    // The topics are created by whoever comes first; fan-out reads those that are there.
    await Promise.all(cluster.ingest.map((node) => node.start()))
    await Promise.all(cluster.fanout.map((node) => node.start()))
    started.move()
    return cluster
  }

  private constructor(kafka: KafkaCluster, directory: string, options: FreshetClusterOptions) {
    this.kafka = kafka
    this.#directory = directory
    const log = kafkaOptions(kafka.brokers)
    const named = (service: 'ingest' | 'fanout', count: number, given: readonly string[]) =>
      Array.from({ length: count }, (_, index) => {
        const name = `${service}-${index + 1}`
        const instance = ['--kafka-instance-id', name]
        return new FreshetNode({
          name,
          service,
          dataDir: join(directory, name),
          options: [...log, ...instance, ...given],
        })
      })
    this.ingest = named('ingest', options.ingestNodes, INGEST_OPTIONS)
    for (const node of this.ingest) node.moreOptions = ['--partitions', String(options.partitions)]
    this.fanout = named('fanout', options.fanoutNodes, FANOUT_OPTIONS)
  }

  get nodes(): readonly FreshetNode[] {
    return [...this.ingest, ...this.fanout]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill9()))
    await this.kafka[Symbol.asyncDispose]()
    await rm(this.#directory, { recursive: true, force: true })
  }
}

function kafkaOptions(brokers: readonly string[]): readonly string[] {
  const isReplicated = brokers.length > 1
  return [
    ...['--log', 'kafka', '--kafka-brokers', brokers.join(',')],
    ...['--kafka-replication-factor', isReplicated ? '3' : '1'],
    ...['--kafka-min-insync-replicas', isReplicated ? '2' : '1'],
  ]
}
