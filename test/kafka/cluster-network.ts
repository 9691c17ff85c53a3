import { writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { CuttableLink } from './cuttable-link.ts'
import { freePorts } from './free-ports.ts'
import type { NodeAddress } from './server-properties.ts'

/** Each node has an address of its own for the links that begin at it, which only Linux has without being asked to. */
export const CAN_CUT_NETWORKS = process.platform === 'linux'

const CLIENTS = 'clients'

interface Link {
  /** The node that it begins at, or the clients. */
  readonly from: number | typeof CLIENTS
  readonly to: number
  readonly link: CuttableLink
}

/** Where a node listens for its peers, and where they are told that it is. */
interface PeerPorts {
  readonly id: number
  readonly listening: number
  readonly linked: number
  readonly controllerLinked: number
}

/**
 * The network between three nodes and their clients. From every node to every other, and from the clients to each, there is a link that
 * can be cut. A node calls the others by names, which lead to the links that begin at it.
 */
export class ClusterNetwork implements AsyncDisposable {
  readonly #links: readonly Link[]
  readonly #ports: readonly PeerPorts[]
  readonly #addresses: readonly NodeAddress[]
  readonly #directory: string

  /** Keeps its files in the directory. */
  static async open(addresses: readonly NodeAddress[], directory: string): Promise<ClusterNetwork> {
    const free = await freePorts(3 * addresses.length)
    const ports = addresses.map(({ id }, index) => {
      const [listening = 0, linked = 0, controllerLinked = 0] = free.slice(3 * index)
      return { id, listening, linked, controllerLinked }
    })
    const opening = addresses.flatMap(({ id: to, port, controllerPort }, index) => {
      const { listening = 0, linked = 0, controllerLinked = 0 } = ports[index] ?? {}
      return [
        open(CLIENTS, to, '127.0.0.1', 0, port),
        ...addresses.flatMap(({ id: from }) => [
          open(from, to, hostOf(from), linked, listening),
          open(from, to, hostOf(from), controllerLinked, controllerPort),
        ]),
      ]
    })
    const network = new ClusterNetwork(await Promise.all(opening), ports, addresses, directory)
    await Promise.all(addresses.map(({ id }) => network.#writeNames(id)))
    return network
  }

  private constructor(
    links: readonly Link[],
    ports: readonly PeerPorts[],
    addresses: readonly NodeAddress[],
    directory: string,
  ) {
    this.#links = links
    this.#ports = ports
    this.#addresses = addresses
    this.#directory = directory
  }

  /** Where clients find the node. */
  clientPort(id: number): number {
    return this.#links.find(({ from, to }) => from === CLIENTS && to === id)?.link.port ?? 0
  }

  /** The names of the nodes as this node is to resolve them (`jdk.net.hosts.file`). */
  namesFile(id: number): string {
    return join(this.#directory, `names-of-${id}`)
  }

  /** Lines of `server.properties` that lead over the links. */
  propertiesOf({ id, port, controllerPort }: NodeAddress): Readonly<Record<string, string>> {
    const own = this.#ports.find((ports) => ports.id === id)
    const voters = this.#ports.map((peer) => `${peer.id}@${nameOf(peer.id)}:${peer.controllerLinked}`)
    return {
      'controller.quorum.voters': voters.join(','),
      listeners: `PLAINTEXT://127.0.0.1:${port},PEERS://127.0.0.1:${own?.listening},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${this.clientPort(id)},PEERS://${nameOf(id)}:${own?.linked}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PEERS:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'PEERS',
    }
  }

  /** Nothing gets from the node to the others or to clients any more, nor back. */
  isolate(id: number): void {
    for (const { from, to, link } of this.#links) if (from !== to && (from === id || to === id)) link.cut()
  }

  mend(): void {
    for (const { link } of this.#links) link.mend()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#links.map(({ link }) => link[Symbol.asyncDispose]()))
  }

  async #writeNames(id: number): Promise<void> {
    const peers = this.#addresses.map((peer) => `${hostOf(id)} ${nameOf(peer.id)}\n`)
    await writeFile(this.namesFile(id), `127.0.0.1 localhost ${hostname()}\n${peers.join('')}`)
  }
}

async function open(
  from: Link['from'],
  to: number,
  host: string,
  port: number,
  targetPort: number,
): Promise<Link> {
  return { from, to, link: await CuttableLink.open({ host, port, targetPort }) }
}

function nameOf(id: number): string {
  return `kafka-${id}`
}

function hostOf(id: number): string {
  return `127.0.0.${10 + id}`
}
