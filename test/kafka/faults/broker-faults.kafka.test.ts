import { setTimeout as sleep } from 'node:timers/promises'
import { type KafkaChangeLog, LogUnavailableError } from '@freshet/change-log'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CAN_CUT_NETWORKS } from '../cluster-network.ts'
import { KafkaCluster } from '../kafka-cluster.ts'
import { whyNoKafkaCluster } from '../kafka-for-tests.ts'
import { openLog, topic } from './kafka-log.ts'
import { NumberReader } from './number-reader.ts'
import { NumberedLoad } from './numbered-load.ts'

const missing = await whyNoKafkaCluster()
const PARTITIONS = 6
const PAGES = 12
/** Longer than a broker's session, so that others lead what it led. */
const PAUSE_MS = 8_000
const BETWEEN_FAULTS_MS = 3_000

describe.skipIf(missing)('three brokers, each partition on all of them', () => {
  let cluster: KafkaCluster
  let log: KafkaChangeLog

  beforeAll(async () => {
    cluster = await KafkaCluster.start({
      nodes: 3,
      tunedFor: 'start',
      properties: () => ({}),
      formatOptions: [],
    })
    log = await openLog(cluster.brokers)
  }, 90_000)

  afterAll(async () => {
    await log?.[Symbol.asyncDispose]()
    await cluster?.[Symbol.asyncDispose]()
  })

  it('kill -9 of each in turn: what was acknowledged is there once and in order, and readers and groups go on by themselves', async () => {
    await throughFaults('killed', async () => {
      for (const node of cluster.nodes) {
        await node.kill9()
        await sleep(BETWEEN_FAULTS_MS)
        await node.start()
        await sleep(BETWEEN_FAULTS_MS)
      }
    })
  }, 180_000)

  it('one that stands still for a while: the same', async () => {
    await throughFaults('paused', async () => {
      const [node] = cluster.nodes
      node?.pause()
      await sleep(PAUSE_MS)
      node?.resume()
      await sleep(BETWEEN_FAULTS_MS)
    })
  }, 120_000)

  it.skipIf(!CAN_CUT_NETWORKS)(
    'one that the network cuts off from the others and from clients: the same',
    async () => {
      await throughFaults('isolated', async () => {
        for (const { address } of cluster.nodes) {
          cluster.isolate(address.id)
          await sleep(PAUSE_MS)
          cluster.mend()
          await sleep(BETWEEN_FAULTS_MS)
        }
      })
    },
    180_000,
  )

  it('one less than have to be in sync: appends are refused with an error that says to try again, reading goes on', async () => {
    await using strict = await openLog(cluster.brokers, { minInsyncReplicas: 3, outageTimeoutMs: 1_000 })
    await strict.ensureTopics([topic('strict', 1)])
    const record = { topic: 'strict', key: 'a', headers: {}, value: null }
    await strict.append([record])
    // Not the leader: a new one would not know how far the copies that are gone had come, and keep readers waiting for them.
    const away = cluster.node(await aFollowerOf('faults-strict'))
    await away.kill9()
    await untilRefused(() => strict.append([record]))
    const reading = new AbortController()
    const reader = new NumberReader(strict, 'strict', 1)
    const done = reader.run(reading.signal)
    try {
      await reader.untilRead()
      await away.start()
      for (;;) if (await isTaken(() => strict.append([record]))) break
      await reader.untilRead()
    } finally {
      reading.abort()
      await done
    }
    expect(reader.count).toBeGreaterThanOrEqual(2)
  }, 120_000)

  async function aFollowerOf(name: string): Promise<number> {
    const admin = new kafkajs.Kafka({ brokers: [...cluster.brokers] }).admin()
    await admin.connect()
    const { topics } = await admin.fetchTopicMetadata({ topics: [name] })
    await admin.disconnect()
    const leader = topics[0]?.partitions[0]?.leader
    return cluster.nodes.find(({ address }) => address.id !== leader)?.address.id ?? 0
  }

  /** Appends, copies in a group and reads while the faults happen, and checks what has come of it. */
  async function throughFaults(name: string, faults: () => Promise<void>): Promise<void> {
    const [edits, changes] = [`${name}-edits`, `${name}-changes`]
    await log.ensureTopics([topic(edits, PARTITIONS), topic(changes, PARTITIONS)])
    const [loading, reading] = [new AbortController(), new AbortController()]
    const load = new NumberedLoad(log, edits, PAGES)
    const reader = new NumberReader(log, changes, PARTITIONS)
    const work = [reader.run(reading.signal), copy(edits, changes, reading.signal)]
    const appends = load.run(40, loading.signal)
    await sleep(1_000)
    await faults()
    loading.abort()
    await appends
    const ends = (await log.bounds(edits)).map(({ end }) => end)
    while (!(await log.committed('copy', edits)).every((offset, index) => offset >= (ends[index] ?? 0n)))
      await sleep(50)
    await reader.untilRead()
    reading.abort()
    await Promise.all(work)
    console.log(
      `${name}: ${load.acknowledged.size} appended, longest stall of an append ${Math.round(load.longestStallMs)} ms, ` +
        `of a reader ${Math.round(reader.longestGapMs)} ms; ${load.retried.size} retried, ${reader.outages} times reading refused`,
    )
    checkCopies(load, reader)
  }

  async function copy(from: string, to: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const options = { group: 'copy', topic: from, batchRecordsMax: 100, batchBytesMax: 1024 * 1024, signal }
      await log
        .process({
          ...options,
          handler: async (records) => ({
            append: records.map(({ key, value }) => ({ topic: to, key, headers: {}, value })),
            onCommit: () => {},
          }),
        })
        .catch(async (error: { readonly isRetryable?: boolean }) => {
          if (error.isRetryable !== true) throw error
          await sleep(100)
        })
    }
  }
})

/** A broker that was killed counts as in sync until its session is over. */
async function untilRefused(append: () => Promise<unknown>): Promise<void> {
  while (await isTaken(append)) await sleep(50)
}

async function isTaken(append: () => Promise<unknown>): Promise<boolean> {
  return append().then(
    () => true,
    (error: unknown) => {
      expect(error).toBeInstanceOf(LogUnavailableError)
      return false
    },
  )
}

function checkCopies(load: NumberedLoad, reader: NumberReader): void {
  const missingNumbers = new Set(load.acknowledged)
  const unexpected: string[] = []
  for (const [page, numbers] of reader.byPage) {
    let last = -1
    for (const number of numbers) {
      missingNumbers.delete(number)
      // A number that was refused at first may be there twice, one copy after the other at the latest.
      const isRepeat = number === last && load.retried.has(number)
      if (number <= last && !isRepeat) unexpected.push(`${page}: ${number} after ${last}`)
      last = number
    }
  }
  expect(unexpected).toEqual([])
  expect([...missingNumbers]).toEqual([])
  expect(load.acknowledged.size).toBeGreaterThan(0)
}
