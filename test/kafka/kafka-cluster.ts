import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CAN_CUT_NETWORKS, ClusterNetwork } from './cluster-network.ts'
import { freePorts } from './free-ports.ts'
import { kafkaJars } from './kafka-jars.ts'
import { KafkaNode } from './kafka-node.ts'
import { type NodeAddress, serverProperties } from './server-properties.ts'

export interface KafkaClusterOptions {
  readonly nodes: 1 | 3
  readonly tunedFor: 'start' | 'throughput'
  /** Lines of `server.properties` beside those of every test broker, for the node at that address. */
  readonly properties: (address: NodeAddress) => Readonly<Record<string, string>>
  /** Options of `kafka-storage format`, such as those that create users. */
  readonly formatOptions: readonly string[]
}

/**
 * A Kafka cluster of one or three processes on ports that were free, with its data in a temporary folder. With three nodes
 * every partition is on all of them, any one may be away, and one can be cut off from the rest of the world.
 */
export class KafkaCluster implements AsyncDisposable {
  readonly nodes: readonly KafkaNode[]
  readonly brokers: readonly string[]
  readonly #directory: string
  readonly #network: ClusterNetwork | undefined

  /** Rejects with `NoKafkaError` where Java or Maven is missing. */
  static async start(options: KafkaClusterOptions): Promise<KafkaCluster> {
    const { nodes, tunedFor, properties, formatOptions } = options
    const jars = await kafkaJars()
    const directory = await mkdtemp(join(tmpdir(), 'freshet-kafka-'))
    const clusterId = newClusterId()
    const addresses = await freeAddresses(nodes)
    const network =
      nodes === 3 && CAN_CUT_NETWORKS ? await ClusterNetwork.open(addresses, directory) : undefined
    const cluster = new KafkaCluster(
      directory,
      network,
      addresses.map((address) => {
        const folder = join(directory, `node-${address.id}`)
        const given = { ...network?.propertiesOf(address), ...properties(address) }
        const text = serverProperties(address, addresses, join(folder, 'data'), given)
        return new KafkaNode({
          clusterId,
          address,
          jars,
          directory: folder,
          properties: text,
          namesFile: network?.namesFile(address.id),
          formatOptions,
          tunedFor,
        })
      }),
    )
    try {
      await Promise.all(cluster.nodes.map((node) => node.start()))
      return cluster
    } catch (error) {
      await cluster[Symbol.asyncDispose]()
      throw error
    }
  }

  private constructor(directory: string, network: ClusterNetwork | undefined, nodes: readonly KafkaNode[]) {
    this.#directory = directory
    this.#network = network
    this.nodes = nodes
    this.brokers = nodes.map(({ address }) => `127.0.0.1:${network?.clientPort(address.id) ?? address.port}`)
  }

  /** Cuts the node off from the others and from clients, until `mend`. Only where `CAN_CUT_NETWORKS`, of three nodes. */
  isolate(id: number): void {
    if (this.#network === undefined) throw new Error('this cluster has no network that can be cut')
    this.#network.isolate(id)
  }

  mend(): void {
    this.#network?.mend()
  }

  /** The node with this `node.id`, as the cluster's metadata names its leaders. */
  node(id: number): KafkaNode {
    const found = this.nodes.find(({ address }) => address.id === id)
    if (found === undefined) throw new Error(`the cluster has no node ${id}`)
    return found
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill9()))
    await this.#network?.[Symbol.asyncDispose]()
    await rm(this.#directory, { recursive: true, force: true })
  }
}

/** The text of a random UUID, as Kafka writes it. One that begins with a hyphen would be taken for an option. */
function newClusterId(): string {
  return `f${randomBytes(16).toString('base64url').slice(1)}`
}

async function freeAddresses(count: number): Promise<readonly NodeAddress[]> {
  const ports = await freePorts(count * 2)
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    port: ports[index * 2] ?? 0,
    controllerPort: ports[index * 2 + 1] ?? 0,
  }))
}
