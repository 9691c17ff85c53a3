import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaChangeLog } from '@freshet/change-log'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CuttableLink } from '../cuttable-link.ts'
import { freePorts } from '../free-ports.ts'
import { KafkaCluster } from '../kafka-cluster.ts'
import { whyNoKafkaCluster } from '../kafka-for-tests.ts'
import type { NodeAddress } from '../server-properties.ts'
import { CopierProcess } from './copier-process.ts'
import { openLog, topic } from './kafka-log.ts'
import { NumberReader } from './number-reader.ts'
import { NumberedLoad } from './numbered-load.ts'

const missing = await whyNoKafkaCluster()
const JOINING_AND_LEAVING_MS = Number(process.env.FRESHET_TEST_FAULTS_MS ?? 20_000)
const PAGES = 12
const HANDLING_MS = 400

describe.skipIf(missing)('members of a group, each a process', () => {
  let cluster: KafkaCluster
  let log: KafkaChangeLog
  /** Who comes to the broker by it, stays on it. */
  let link: CuttableLink

  beforeAll(async () => {
    const [apart = 0] = await freePorts(1)
    link = await CuttableLink.open({ host: '127.0.0.1', port: 0, targetPort: apart })
    const properties = ({ port, controllerPort }: NodeAddress) => ({
      listeners: `PLAINTEXT://127.0.0.1:${port},APART://127.0.0.1:${apart},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},APART://127.0.0.1:${link.port}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,APART:PLAINTEXT,CONTROLLER:PLAINTEXT',
    })
    cluster = await KafkaCluster.start({ nodes: 1, tunedFor: 'start', properties, formatOptions: [] })
    log = await openLog(cluster.brokers)
  }, 60_000)

  afterAll(async () => {
    await log?.[Symbol.asyncDispose]()
    await cluster?.[Symbol.asyncDispose]()
    await link?.[Symbol.asyncDispose]()
  })

  it('a member that was paused while others took over cannot commit when it wakes up', async () => {
    await log.ensureTopics([topic('zombie-edits', 2), topic('zombie-changes', 2)])
    const member = { brokers: cluster.brokers, from: 'zombie-edits', to: 'zombie-changes', group: 'zombie' }
    await using zombie = new CopierProcess({ ...member, handlingMs: 500 })
    const numbers = Array.from({ length: 20 }, (_, number) => number)
    await append(log, 'zombie-edits', numbers)
    await zombie.untilSaid('handling')
    zombie.pause()
    await using other = new CopierProcess({ ...member, handlingMs: 0 })
    await untilCopied(log, 'zombie', 'zombie-edits')
    const committedBefore = zombie.timesSaid('committed')
    zombie.resume()
    // It finds out, joins again and gets its share.
    while (zombie.timesSaid('committed') === committedBefore) {
      numbers.push(numbers.length)
      await append(log, 'zombie-edits', numbers.slice(-1))
      await untilCopied(log, 'zombie', 'zombie-edits')
    }
    await Promise.all([zombie.end('SIGTERM'), other.end('SIGTERM')])
    expect(committedBefore).toBe(0)
    expect(zombie.errors + other.errors).toBe('')
    const copies = await allNumbers(log, 'zombie-changes', 2)
    expect([...copies.values()].flat().sort((left, right) => left - right)).toEqual(numbers)
  }, 60_000)

  it.each([
    ['works on records', 0],
    ['commits', HANDLING_MS],
  ])(
    'a member that the network cuts off while it %s, commits nothing that others have taken over',
    async (_, afterMs) => {
      const [edits, changes] = [`cut-edits-${afterMs}`, `cut-changes-${afterMs}`]
      await log.ensureTopics([topic(edits, 2), topic(changes, 2)])
      const member = { from: edits, to: changes, group: `cut-${afterMs}` }
      const numbers = Array.from({ length: 20 }, (_, number) => number)
      await using lonely = new CopierProcess({
        ...member,
        brokers: [`127.0.0.1:${link.port}`],
        handlingMs: HANDLING_MS,
      })
      await append(log, edits, numbers)
      await lonely.untilSaid('handling')
      await sleep(afterMs)
      link.cut()
      await using other = new CopierProcess({ ...member, brokers: cluster.brokers, handlingMs: 0 })
      await untilCopied(log, member.group, edits)
      // What it has sent arrives now, and it hears that it is not a member any more.
      link.mend()
      const handledBefore = lonely.timesSaid('handling')
      while (lonely.timesSaid('handling') === handledBefore) {
        numbers.push(numbers.length)
        await append(log, edits, numbers.slice(-1))
        await untilCopied(log, member.group, edits)
      }
      await Promise.all([lonely.end('SIGTERM'), other.end('SIGTERM')])
      expect(lonely.errors + other.errors).toBe('')
      const copies = await allNumbers(log, changes, 2)
      expect([...copies.values()].flat().sort((left, right) => left - right)).toEqual(numbers)
    },
    90_000,
  )

  it(
    'join, leave and are killed under load: each record comes out once, in the order of its page',
    async () => {
      await log.ensureTopics([topic('shared-edits'), topic('shared-changes')])
      const member = { brokers: cluster.brokers, from: 'shared-edits', to: 'shared-changes', group: 'shared' }
      const ending = new AbortController()
      const load = new NumberedLoad(log, 'shared-edits', PAGES)
      const loading = load.run(40, ending.signal)
      const members = [
        new CopierProcess({ ...member, handlingMs: 5 }),
        new CopierProcess({ ...member, handlingMs: 5 }),
      ]
      const endAt = performance.now() + JOINING_AND_LEAVING_MS
      for (let turn = 0; performance.now() < endAt; turn++) {
        await sleep(1_000 + Math.random() * 2_000)
        await members.shift()?.end(turn % 2 === 0 ? 'SIGKILL' : 'SIGTERM')
        members.push(new CopierProcess({ ...member, handlingMs: 5 }))
      }
      ending.abort()
      await loading
      await untilCopied(log, 'shared', 'shared-edits')
      await Promise.all(members.map((copier) => copier.end('SIGTERM')))
      const edits = await allNumbers(log, 'shared-edits', 6)
      const copies = await allNumbers(log, 'shared-changes', 6)
      expect(load.acknowledged.size).toBeGreaterThan(0)
      expect(new Map([...copies].sort())).toEqual(new Map([...edits].sort()))
    },
    JOINING_AND_LEAVING_MS + 60_000,
  )
})

async function append(log: KafkaChangeLog, name: string, numbers: readonly number[]): Promise<void> {
  await log.append(
    numbers.map((number) => ({
      topic: name,
      key: `page-${number}`,
      headers: {},
      value: Buffer.from(String(number)),
    })),
  )
}

async function untilCopied(log: KafkaChangeLog, group: string, name: string): Promise<void> {
  const ends = (await log.bounds(name)).map(({ end }) => end)
  const isDone = (committed: readonly bigint[]) =>
    ends.every((end, partition) => (committed[partition] ?? 0n) >= end)
  while (!isDone(await log.committed(group, name))) await sleep(20)
}

async function allNumbers(
  log: KafkaChangeLog,
  name: string,
  partitions: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const reading = new AbortController()
  const reader = new NumberReader(log, name, partitions)
  const done = reader.run(reading.signal)
  await reader.untilRead()
  reading.abort()
  await done
  return reader.byPage
}
