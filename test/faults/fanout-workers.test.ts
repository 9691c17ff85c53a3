import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { framesOf } from '../harness/subscriber.ts'
import { ChangeCounter } from './change-counter.ts'
import { ChangeWriter } from './change-writer.ts'
import { FanoutNode } from './fanout-node.ts'

const WORKERS = 2
const PARTNERS = 10
const KILLS = 4
const OPTIONS = ['--drain-window-ms', '200', '--archive-bytes-max', '0']

function workersOf({ pid }: FanoutNode): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return children === '' ? [] : children.split(' ').map(Number)
}

async function connectionsIn(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^freshet_fanout_connections\{transport="ndjson"\} (\d+)$/m.exec(metrics)?.[1] ?? 0)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20)
}

describe.skipIf(process.platform !== 'linux')('the workers of a node', () => {
  it('share the port, and each of them answers for all when asked for metrics or readiness', async () => {
    await using writer = await ChangeWriter.open(10, undefined)
    const { dataDir } = writer
    await using node = await FanoutNode.start({ dataDir, port: 0, workers: WORKERS, options: OPTIONS })
    const partners: ChangeCounter[] = []
    const connectionsOfEach = async () => {
      const { parts } = (await (await fetch(`${node.url}/readyz`)).json()) as {
        parts: Record<string, { detail: string }>
      }
      return Object.values(parts).map(({ detail }) => Number.parseInt(detail, 10))
    }
    // Which worker takes a connection is not decided by us, only that sooner or later each does.
    do {
      partners.push(new ChangeCounter(() => node.url, {}))
      await until(async () => (await connectionsIn(node.url)) === partners.length)
    } while ((await connectionsOfEach()).includes(0))
    for (let asked = 0; asked < WORKERS * 2; asked++) {
      const counts = await connectionsOfEach()
      expect(counts).toHaveLength(WORKERS)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(partners.length)
    }
    await Promise.all(partners.map((partner) => partner.stop()))
  }, 60_000)

  it(`are replaced when they die: no partner loses or repeats a change in ${KILLS} kills`, async () => {
    await using writer = await ChangeWriter.open(500, undefined)
    const { dataDir } = writer
    await using node = await FanoutNode.start({ dataDir, port: 0, workers: WORKERS, options: OPTIONS })
    const writing = new AbortController()
    const written = writer.run(writing.signal)
    const partners = Array.from(
      { length: PARTNERS },
      () => new ChangeCounter(() => node.url, { from: 'earliest' }),
    )
    for (let kill = 0; kill < KILLS; kill++) {
      const here = writer.appended + 50
      for (const partner of partners) await partner.has(here)
      const before = workersOf(node)
      const victim = before[kill % before.length] ?? 0
      process.kill(victim, 'SIGKILL')
      await until(async () => {
        const now = workersOf(node)
        return now.length === WORKERS && !now.includes(victim)
      })
      await until(async () => (await fetch(`${node.url}/readyz`)).status === 200)
    }
    writing.abort()
    await written
    for (const partner of partners) await partner.has(writer.appended)
    for (const partner of partners) await partner.stop()
    for (const { count } of partners) expect(count).toBe(writer.appended)
    expect(node.output).toContain('a worker died and is replaced')
  }, 120_000)

  it('drain when the parent is told to: every partner is told to come back, and the parent ends with 0', async () => {
    await using writer = await ChangeWriter.open(10, undefined)
    const { dataDir } = writer
    await using node = await FanoutNode.start({ dataDir, port: 0, workers: WORKERS, options: OPTIONS })
    const streams = Array.from({ length: PARTNERS }, () =>
      Array.fromAsync(framesOf(`${node.url}/v1/changes`, AbortSignal.timeout(60_000))),
    )
    await until(async () => (await connectionsIn(node.url)) === PARTNERS)
    const ended = node.end('SIGTERM')
    for (const frames of await Promise.all(streams)) {
      expect(frames.at(-1)).toMatchObject({ type: 'closing', code: 'draining', reconnect: true })
    }
    expect(await ended).toBe(0)
  }, 60_000)

  it('end with the reason when they cannot start', async () => {
    await using writer = await ChangeWriter.open(10, undefined)
    const { dataDir } = writer
    await using node = await FanoutNode.start({ dataDir, port: 0, workers: WORKERS, options: OPTIONS })
    const options = [...OPTIONS, '--archive-parts', 'nonsense']
    const second = FanoutNode.start({ dataDir, port: node.port, workers: WORKERS, options: OPTIONS })
    await expect(second).rejects.toThrow(/ended before it listened \(1\)/)
    const third = FanoutNode.start({ dataDir, port: 0, workers: WORKERS, options })
    await expect(third).rejects.toThrow(/ended before it listened \(1\)/)
  }, 60_000)
})
