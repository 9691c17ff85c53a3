import { CHANGES_TOPIC, EDITS_TOPIC } from '@freshet/events'
import { encodeCursor } from '@freshet/protocol'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postUntilAcknowledged } from '../harness/post-edits.ts'
import { framesOf, type ReceivedFrame, RefusedError } from '../harness/subscriber.ts'
import { WikiEdits } from '../harness/wiki-edits.ts'
import { openLog } from '../kafka/faults/kafka-log.ts'
import { kafkaForTests, whyNoKafkaCluster } from '../kafka/kafka-for-tests.ts'
import { FreshetCluster } from './kafka-freshet-cluster.ts'
import type { FreshetNode } from './kafka-freshet-node.ts'

const missing = await whyNoKafkaCluster()
const other = await kafkaForTests()
const PARTITIONS = 3
const PREFIX = 'freshet.'
const PAGES = 12
/** All before it had been read when it was given. */
const ROUNDS = 3

describe.skipIf(missing)('a cursor', () => {
  const edits = new WikiEdits(
    Array.from({ length: PAGES }, (_, index) => index + 1),
    1,
  )
  let cluster: FreshetCluster
  let first: FreshetNode
  let second: FreshetNode
  let cursor: string

  beforeAll(async () => {
    cluster = await FreshetCluster.start({
      brokers: 1,
      ingestNodes: 1,
      fanoutNodes: 2,
      partitions: PARTITIONS,
    })
    ;[first, second] = cluster.fanout as [FreshetNode, FreshetNode]
    for (let round = 0; round < ROUNDS; round++) await post()
  }, 120_000)

  afterAll(() => cluster?.[Symbol.asyncDispose](), 60_000)

  it('taken on one node resumes on another, wherever it was taken', async () => {
    const all = await changes(first, 'from=earliest', PAGES * ROUNDS)
    const ids = all.map(({ change }) => change.id)
    expect(new Set(ids).size).toBe(PAGES * ROUNDS)
    for (const [index, frame] of all.entries()) {
      const rest = await changes(second, `from=${frame.cursor}`, all.length - index - 1)
      expect(new Set(rest.map(({ change }) => change.id))).toEqual(new Set(ids.slice(index + 1)))
    }
    cursor = all.at(-1)?.cursor ?? ''
  }, 120_000)

  it.skipIf(other.missing)('of another cluster is refused, and says so', async () => {
    await using log = await openLog(other.brokers, { namePrefix: PREFIX })
    const foreign = encodeCursor(log.id, Array(PARTITIONS).fill(0n))
    for (const node of cluster.fanout) expect(await refusal(node, foreign)).toBe('cursor_other_log')
  })

  it('from before partitions were added is refused, and a time goes on from there', async () => {
    const time = new Date().toISOString()
    await Promise.all(cluster.nodes.map((node) => node.stop()))
    await addPartitions(cluster.kafka.brokers, 2 * PARTITIONS)
    for (const node of cluster.ingest) node.moreOptions = ['--partitions', String(2 * PARTITIONS)]
    await Promise.all(cluster.nodes.map((node) => node.start()))

    for (const node of cluster.fanout) expect(await refusal(node, cursor)).toBe('cursor_wrong_partitions')
    await post()
    for (const node of cluster.fanout) {
      const after = await changes(node, `from=${time}`, PAGES)
      expect(after.map(({ change }) => change.page.id).sort()).toEqual([...edits.pages].sort())
      expect(after[0]?.cursor.split('~')[1]?.split('.')).toHaveLength(2 * PARTITIONS)
    }
  }, 120_000)

  function post(): Promise<readonly string[]> {
    const urlOf = () => cluster.ingest[0]?.url ?? ''
    return postUntilAcknowledged({ urlOf, answerMsMax: 10_000, giveUp: undefined }, edits.nextRound())
  }
})

/** So many of them. */
async function changes(node: FreshetNode, query: string, count: number): Promise<readonly ReceivedFrame[]> {
  const found: ReceivedFrame[] = []
  const leaving = new AbortController()
  if (count === 0) return found
  for await (const frame of framesOf(`${node.url}/v1/changes?${query}`, leaving.signal)) {
    if (frame.type === 'change') found.push(frame)
    if (found.length === count) break
  }
  leaving.abort()
  return found
}

async function refusal(node: FreshetNode, cursor: string): Promise<string | undefined> {
  try {
    await framesOf(`${node.url}/v1/changes?from=${cursor}`, AbortSignal.timeout(20_000)).next()
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    return (JSON.parse(error.reason) as { error: { code: string } }).error.code
  }
  return undefined
}

async function addPartitions(brokers: readonly string[], count: number): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  const topicPartitions = [EDITS_TOPIC, CHANGES_TOPIC].map((topic) => ({ topic: `${PREFIX}${topic}`, count }))
  await admin.createPartitions({ topicPartitions })
  await admin.disconnect()
}
