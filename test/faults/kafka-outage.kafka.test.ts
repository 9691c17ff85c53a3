import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { framesOf, type ReceivedFrame } from '../harness/subscriber.ts'
import { WikiEdits } from '../harness/wiki-edits.ts'
import { whyNoKafkaCluster } from '../kafka/kafka-for-tests.ts'
import { FreshetCluster } from './kafka-freshet-cluster.ts'
import type { FreshetNode } from './kafka-freshet-node.ts'

const missing = await whyNoKafkaCluster()

describe.skipIf(missing)('a Kafka cluster that cannot be reached', () => {
  // One page: its changes come in a known order.
  const edits = new WikiEdits([1], 1)
  const acknowledged: string[] = []
  let cluster: FreshetCluster
  let ingest: FreshetNode
  let fanout: FreshetNode

  beforeAll(async () => {
    cluster = await FreshetCluster.start({ brokers: 1, ingestNodes: 1, fanoutNodes: 1, partitions: 3 })
    ;[ingest, fanout] = [cluster.ingest[0] as FreshetNode, cluster.fanout[0] as FreshetNode]
  }, 120_000)

  afterAll(() => cluster?.[Symbol.asyncDispose](), 60_000)

  it('at the start: the processes live, say why they are not ready, and are up by themselves once it is there', async () => {
    await Promise.all(cluster.nodes.map((node) => node.stop()))
    await cluster.kafka.node(1).stop()
    for (const node of cluster.nodes) node.spawn()

    for (const node of cluster.nodes) {
      const ready = await untilReadyz(node, ({ text }) => text.includes('could not open the log'))
      expect(ready.status).toBe(503)
      expect(ready.retryAfter).toBe('5')
      expect((await fetch(`${node.url}/healthz`)).status).toBe(200)
    }
    const refused = await post()
    expect([refused.status, refused.retryAfter]).toEqual([503, '5'])
    expect((await fetch(`${fanout.url}/v1/changes`)).status).toBe(503)

    await cluster.kafka.node(1).start()
    for (const node of cluster.nodes) await untilReadyz(node, ({ status }) => status === 200)
    expect(await untilAcknowledged()).toBe(201)
    expect(await changeIds()).toEqual(acknowledged)
  }, 180_000)

  it('later: nothing acknowledged is lost, connections stay and are told, and all resume by themselves', async () => {
    const leaving = new AbortController()
    const frames = framesOf(`${fanout.url}/v1/changes`, leaving.signal)
    await frames.next()
    await cluster.kafka.node(1).kill9()

    expect(await nextOf(frames, ({ type }) => type === 'error')).toMatchObject({ code: 'log_unavailable' })
    for (let times = 0; times < 2; times++) {
      const progress = await nextOf(frames, ({ type }) => type === 'progress')
      expect(progress).toMatchObject({ state: 'live', logUnavailable: true })
    }
    const refused = await post()
    expect([refused.status, refused.retryAfter]).toEqual([503, '5'])
    expect(refused.text).toContain('log_unavailable')
    for (const node of cluster.nodes) {
      const { text } = await untilReadyz(node, ({ status }) => status === 503)
      expect(text).toMatch(/the log cannot be (read|reached)/)
      expect((await fetch(`${node.url}/healthz`)).status).toBe(200)
    }

    await cluster.kafka.node(1).start()
    for (const node of cluster.nodes) await untilReadyz(node, ({ status }) => status === 200)
    expect(await untilAcknowledged()).toBe(201)
    // Over the connection that was there before.
    await nextOf(frames, ({ type, change }) => type === 'change' && change.id === acknowledged.at(-1))
    leaving.abort()
    expect(await changeIds()).toEqual(acknowledged)
  }, 180_000)

  /** Posts the next edit, once. */
  let round = edits.nextRound()
  async function post() {
    const response = await fetch(`${ingest.url}/v1/edits`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(round),
    })
    const answer = await answerOf(response)
    if (answer.status === 201) {
      acknowledged.push(...(JSON.parse(answer.text) as { ids: string[] }).ids)
      round = edits.nextRound()
    }
    return answer
  }

  async function untilAcknowledged(): Promise<number> {
    for (;;) {
      const { status } = await post()
      if (status !== 503) return status
      await sleep(100)
    }
  }

  /** Of all that the log has; once as many are there as were acknowledged. */
  async function changeIds(): Promise<readonly string[]> {
    const url = `${fanout.url}/v1/changes?from=earliest&until=latest`
    for (;;) {
      const frames = await Array.fromAsync(framesOf(url, AbortSignal.timeout(60_000)))
      const ids = frames.filter(({ type }) => type === 'change').map(({ change }) => change.id)
      if (ids.length >= acknowledged.length) return ids
      await sleep(100)
    }
  }
})

interface Answer {
  readonly status: number
  readonly retryAfter: string | null
  readonly text: string
}

async function answerOf(response: Response): Promise<Answer> {
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    text: await response.text(),
  }
}

async function untilReadyz(node: FreshetNode, isRight: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    // It does not listen yet in its first moments.
    const response = await fetch(`${node.url}/readyz`).catch(() => undefined)
    const answer = response && (await answerOf(response))
    if (answer !== undefined && isRight(answer)) return answer
    await sleep(50)
  }
}

async function nextOf(
  frames: AsyncGenerator<ReceivedFrame>,
  isRight: (frame: ReceivedFrame) => boolean,
): Promise<ReceivedFrame> {
  for (;;) {
    const { done, value } = await frames.next()
    if (done === true) throw new Error('the stream has ended')
    if (isRight(value)) return value
  }
}
