import { setTimeout as sleep } from 'node:timers/promises'
import { CAN_CUT_NETWORKS } from '../kafka/cluster-network.ts'
import type { FreshetCluster } from './kafka-freshet-cluster.ts'

/** A number from 0 up to, and without, 1. */
export type Random = () => number

/** One kind of fault. It is over, and the process is back, when `happen` resolves. */
export interface Fault {
  readonly kind: string
  readonly happen: (cluster: FreshetCluster, random: Random) => Promise<void>
}

/** Longer than a broker's session, and than a member of the enrichers' group may be silent: others take over meanwhile. */
const PAUSE_MS = 15_000
const AWAY_MS_MIN = 1_000
const AWAY_MS_MAX = 6_000

interface Process {
  start(): Promise<void>
  kill9(): Promise<void>
  pause(): void
  resume(): void
}

/** By the network: it goes on, and takes itself for what it was, as long as it lets itself. */
const CUT_OFF: Fault = {
  kind: 'a broker is cut off',
  async happen({ kafka }, random) {
    kafka.isolate(oneOf(kafka.nodes, random).address.id)
    await sleep(PAUSE_MS)
    kafka.mend()
  },
}

export const FAULTS: readonly Fault[] = [
  { kind: 'kill -9 of a broker', happen: ({ kafka }, random) => killed(oneOf(kafka.nodes, random), random) },
  {
    kind: 'kill -9 of an ingest node',
    happen: ({ ingest }, random) => killed(oneOf(ingest, random), random),
  },
  {
    kind: 'kill -9 of a fan-out node',
    happen: ({ fanout }, random) => killed(oneOf(fanout, random), random),
  },
  { kind: 'a broker is paused', happen: ({ kafka }, random) => paused(oneOf(kafka.nodes, random)) },
  ...(CAN_CUT_NETWORKS ? [CUT_OFF] : []),
  { kind: 'an ingest node is paused', happen: ({ ingest }, random) => paused(oneOf(ingest, random)) },
  {
    kind: 'an ingest node leaves and joins',
    async happen({ ingest }, random) {
      const node = oneOf(ingest, random)
      await node.stop()
      await away(random)
      await node.start()
    },
  },
]

/** Every fault once, in an order of its own each time. */
export function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ item }) => item)
}

/** The same numbers for the same seed. Mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

async function killed(process: Process, random: Random): Promise<void> {
  await process.kill9()
  await away(random)
  await process.start()
}

async function paused(process: Process): Promise<void> {
  process.pause()
  await sleep(PAUSE_MS)
  process.resume()
}

function away(random: Random): Promise<void> {
  return sleep(AWAY_MS_MIN + random() * (AWAY_MS_MAX - AWAY_MS_MIN))
}

function oneOf<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new RangeError('there is none to choose from')
  return item
}
