import { type KafkaChangeLog, LogUnavailableError, type RecordBatch } from '@freshet/change-log'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { KafkaCluster } from '../kafka-cluster.ts'
import { whyNoKafkaCluster } from '../kafka-for-tests.ts'
import { openLog, topic } from './kafka-log.ts'

const missing = await whyNoKafkaCluster()
const OUTAGE_TIMEOUT_MS = 1_500

describe.skipIf(missing)('a cluster that cannot be reached', () => {
  let cluster: KafkaCluster
  let log: KafkaChangeLog

  const open = () => openLog(cluster.brokers, { outageTimeoutMs: OUTAGE_TIMEOUT_MS })

  beforeAll(async () => {
    cluster = await KafkaCluster.start({
      nodes: 1,
      tunedFor: 'start',
      properties: () => ({}),
      formatOptions: [],
    })
    log = await open()
    await log.ensureTopics([topic('edits', 1), topic('changes', 1)])
  }, 60_000)

  afterAll(async () => {
    await log?.[Symbol.asyncDispose]()
    await cluster?.[Symbol.asyncDispose]()
  })

  it('at the start: opening rejects with an error that says to try again, and succeeds once it is there', async () => {
    await cluster.node(1).stop()
    await expect(open()).rejects.toThrow(LogUnavailableError)
    await cluster.node(1).start()
    const opened = await open()
    expect(opened.id).toBe(log.id)
    await opened[Symbol.asyncDispose]()
  }, 60_000)

  it('later: everything rejects with an error that says to try again, and works again by itself', async () => {
    const before = await endOf('edits')
    const reading = startReading('edits', before)
    await log.append([numbered('edits', 1)])
    expect(textsOf(await withRecords(reading))).toEqual(['1'])
    const waiting = reading.next().catch((error: unknown) => error)

    await cluster.node(1).kill9()
    const attempts = [
      log.append([numbered('edits', 2)]),
      log.transact([numbered('edits', 2)]),
      log.bounds('edits'),
      log.committed('group', 'edits'),
      log.offsetsForTime('edits', 0),
      log.process(copying(new AbortController().signal)),
      startReading('edits', before).next(),
    ]
    for (const attempt of await Promise.allSettled(attempts)) {
      expect(attempt).toMatchObject({ status: 'rejected', reason: expect.any(LogUnavailableError) })
    }
    expect(await waiting).toBeInstanceOf(LogUnavailableError)

    await cluster.node(1).start()
    const again = startReading('edits', before)
    expect(textsOf(await withRecords(again))).toEqual(['1'])
    await log.append([numbered('edits', 3)])
    expect(textsOf(await withRecords(again))).toEqual(['3'])
    await log.transact([numbered('edits', 4)])
    expect(textsOf(await withRecords(again))).toEqual(['4'])
    const ending = new AbortController()
    const processing = log.process(copying(ending.signal))
    const copies = startReading('changes', 0n)
    const copied: string[] = []
    while (!copied.includes('4')) copied.push(...textsOf(await withRecords(copies)))
    ending.abort()
    await processing
    expect(copied.slice(-3)).toEqual(['1', '3', '4'])
  }, 90_000)

  it('tells a reader at the tip that the outage is over, also when nothing is appended', async () => {
    const end = await endOf('edits')
    await cluster.node(1).kill9()
    await expect(startReading('edits', end).next()).rejects.toThrow(LogUnavailableError)
    await cluster.node(1).start()
    const first = await startReading('edits', end).next()
    expect(first.value).toMatchObject({ records: [], nextOffset: end, endOffset: end })
  }, 60_000)

  it('goes by another identity than another cluster', async () => {
    await using other = await KafkaCluster.start({
      nodes: 1,
      tunedFor: 'start',
      properties: () => ({}),
      formatOptions: [],
    })
    const opened = await openLog(other.brokers)
    expect(opened.id).not.toBe(log.id)
    await opened[Symbol.asyncDispose]()
  }, 60_000)

  async function endOf(name: string): Promise<bigint> {
    return (await log.bounds(name))[0]?.end ?? 0n
  }

  function startReading(name: string, from: bigint): AsyncIterator<RecordBatch> {
    const ending = new AbortController()
    onTestFinished(() => ending.abort())
    const options = { topic: name, from: [from], batchBytesMax: 1024, signal: ending.signal }
    return log.read(options)[Symbol.asyncIterator]()
  }
})

function numbered(name: string, number: number) {
  return { topic: name, key: 'a', headers: {}, value: Buffer.from(String(number)) }
}

function copying(signal: AbortSignal): Parameters<KafkaChangeLog['process']>[0] {
  return {
    group: 'group',
    topic: 'edits',
    batchRecordsMax: 10,
    batchBytesMax: 1024,
    signal,
    handler: async (records) => ({
      append: records.map(({ key, value }) => ({ topic: 'changes', key, headers: {}, value })),
      onCommit: () => {},
    }),
  }
}

async function withRecords(batches: AsyncIterator<RecordBatch>): Promise<RecordBatch> {
  for (;;) {
    const { done, value } = await batches.next()
    if (done === true) throw new Error('the reading has ended')
    if (value.records.length > 0) return value
  }
}

function textsOf({ records }: RecordBatch): readonly string[] {
  return records.map(({ value }) => Buffer.from(value ?? []).toString())
}
