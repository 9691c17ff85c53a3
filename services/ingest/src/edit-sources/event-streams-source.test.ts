import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import {
  type EventStreamsFault,
  serviceUnavailable,
  tooManyRequests,
} from '../../../../test/simulators/event-streams-fault.ts'
import type { FedEvent } from '../../../../test/simulators/event-streams-log.ts'
import { editSourceContract } from './edit-source.contract.ts'
import { ITEM_BYTES_MAX } from './edit-source.ts'
import { InstantClock, LIVENESS_MS, SilentClock } from './fixtures/clocks.ts'
import {
  fed,
  fromStart,
  newSource,
  STREAM,
  sourceOf,
  startSimulator,
  T0,
  TOPICS,
} from './fixtures/event-streams-testbed.ts'
import { Reading } from './fixtures/reading.ts'
import { canaryEvent, categorizeEvent, pageChangeEvent } from './fixtures/wikimedia-events.ts'

editSourceContract('EventStreamsSource', {
  isFiniteSource: false,
  async start({ edits, paddingBytes }) {
    const simulator = await startSimulator()
    const comment = 'x'.repeat(Math.min(paddingBytes, 20_000))
    for (let id = 1; id <= edits; id += 1) simulator.feed(fed(id, { comment }))
    return {
      newSource: () => sourceOf(simulator, { url: `${simulator.url}?since=1` }),
      [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
    }
  },
})

describe('EventStreamsSource', () => {
  it('says who it is, what it takes, and where it goes on', async () => {
    await using simulator = await startSimulator()
    const reading = new Reading(sourceOf(simulator))
    simulator.failNext({ type: 'end', afterEvents: 1 })
    await reading.connected(simulator)
    simulator.feed(fed(1))
    await reading.revisions(1)
    simulator.feed(fed(2))
    await reading.revisions(2)
    const [first, second] = simulator.requests
    expect(first?.headers).toMatchObject({ 'user-agent': 'freshet-test', accept: 'text/event-stream' })
    expect(first?.headers['last-event-id']).toBeUndefined()
    expect(JSON.parse(String(second?.headers['last-event-id']))).toContainEqual({
      topic: TOPICS[1],
      partition: 0,
      timestamp: T0,
    })
    await reading.stop()
  })

  it('passes canaries, other wikis and what changes no page, and keeps what it cannot read', async () => {
    await using simulator = await startSimulator()
    const broken = { ...pageChangeEvent({ revisionId: 3 }), page: { page_id: 'seven' } }
    simulator.feed(
      { ...place(1), data: canaryEvent() },
      { ...place(1), data: categorizeEvent() },
      { ...place(1), data: pageChangeEvent({ revisionId: 2, wiki: 'dewiki' }) },
      { ...place(1), data: broken },
      { ...place(1), data: '{"half":' },
      fed(4),
    )
    const reading = new Reading(sourceOf(simulator, { ...fromStart(simulator), wikis: new Set(['enwiki']) }))
    await reading.revisions(1)
    expect(reading.items.map((it) => (it.type === 'skipped' ? it.reason : it.type))).toEqual([
      'canary',
      'not_a_page_change',
      'other_wiki',
      'unreadable',
      'unreadable',
      'edit',
    ])
    expect(reading.items[3]).toMatchObject({ reason: expect.stringContaining('page_id') })
    expect(reading.items[4]).toMatchObject({ raw: Buffer.from('{"half":') })
    await reading.stop()
  })

  it('loses nothing and repeats nothing when it is cut within a millisecond, or while times run backwards', async () => {
    await using simulator = await startSimulator()
    const times = [5, 5, 5, 9, 3, 3, 9, 9, 4, 10, 10, 2]
    simulator.failNext(
      ...times.map((): EventStreamsFault => ({ type: 'cut', afterEvents: 3, frameBytes: 90 })),
    )
    times.forEach((time, index) => {
      simulator.feed(fed(index + 1, { topic: TOPICS[0], timestamp: T0 + time * 1_000 }))
    })
    const reading = new Reading(sourceOf(simulator, fromStart(simulator)))
    await reading.revisions(times.length)
    expect(reading.revisionIds).toEqual(times.map((_, index) => index + 1))
    expect(simulator.requests.length).toBeGreaterThan(1)
    await reading.stop()
  })

  it('does not take the offsets of another data centre for repeats', async () => {
    await using primary = await startSimulator(1_000_000)
    await using secondary = await startSimulator(10)
    for (const simulator of [primary, secondary]) {
      for (let id = 1; id <= 6; id += 1) simulator.feed(fed(id, { topic: TOPICS[0] }))
    }
    const before = new Reading(sourceOf(primary, fromStart(primary)))
    await before.revisions(3)
    const position = before.items[2]?.position
    const after = new Reading(sourceOf(secondary), position)
    await after.revisions(3)
    expect(after.revisionIds).toEqual([4, 5, 6])
    await Promise.all([before.stop(), after.stop()])
  })

  it('goes on after another data centre has lost the last event', async () => {
    await using primary = await startSimulator(1_000_000)
    await using secondary = await startSimulator(10)
    primary.feed(fed(1, { topic: TOPICS[0] }))
    const before = new Reading(sourceOf(primary, fromStart(primary)))
    await before.revisions(1)
    secondary.feed(fed(2, { topic: TOPICS[0], timestamp: T0 + 3_600_000, dt: '2026-03-04T06:06:07Z' }))
    const after = new Reading(sourceOf(secondary), before.items[0]?.position)
    await after.revisions(1)
    expect(after.revisionIds).toEqual([2])
    await Promise.all([before.stop(), after.stop()])
  })

  it('gets what a silent data centre began to send while the connection was down', async () => {
    await using simulator = await startSimulator()
    const reading = new Reading(sourceOf(simulator))
    simulator.failNext({ type: 'cut', afterEvents: 1, frameBytes: 10 })
    await reading.connected(simulator)
    simulator.feed(fed(1, { topic: TOPICS[0] }))
    await reading.revisions(1)
    simulator.feed(
      fed(2, { topic: TOPICS[1], timestamp: T0 + 1 }),
      fed(3, { topic: TOPICS[1], timestamp: T0 + 2 }),
    )
    await reading.revisions(3)
    expect(reading.revisionIds).toEqual([1, 2, 3])
    await reading.stop()
  })

  it('begins a second connection where the first one did, when there was no event yet', async () => {
    await using simulator = await startSimulator()
    simulator.failNext({ type: 'end', afterEvents: 0 }, { type: 'end-at-once' })
    const clock = new InstantClock(T0)
    const reading = new Reading(sourceOf(simulator, { clock }))
    await reading.connected(simulator, 3)
    expect(new URL(String(simulator.requests[2]?.url), simulator.url).searchParams.get('since')).toBe(
      String(T0),
    )
    await reading.stop()
  })

  it('understands a plain id of the server as a position', async () => {
    await using simulator = await startSimulator()
    simulator.feed(fed(1, { topic: TOPICS[0] }), fed(2, { topic: TOPICS[0], timestamp: T0 + 1_000 }))
    const id = JSON.stringify([{ topic: TOPICS[0], partition: 0, timestamp: T0 + 1_001 }])
    const reading = new Reading(sourceOf(simulator), id)
    await reading.revisions(1)
    expect(reading.revisionIds).toEqual([2])
    await reading.stop()
  })

  it('backs off with a random delay up to a bound that doubles, until an event arrives', async () => {
    await using simulator = await startSimulator()
    const clock = new InstantClock(T0)
    simulator.failNext(...Array.from({ length: 6 }, (): EventStreamsFault => ({ type: 'end-at-once' })))
    simulator.failNext({ type: 'end', afterEvents: 1 })
    const backOff = { initialMs: 100, maxMs: 1_000 }
    const reading = new Reading(sourceOf(simulator, { clock, backOff, random: () => 1 }))
    await reading.connected(simulator, 7)
    simulator.feed(fed(1))
    await reading.revisions(1)
    await reading.connected(simulator, 8)
    expect(clock.delaysMs).toEqual([100, 200, 400, 800, 1_000, 1_000, 100])
    await reading.stop()
  })

  it('waits for as long as Retry-After says, in seconds or until a date', async () => {
    await using simulator = await startSimulator()
    const clock = new InstantClock(T0)
    const until = new Date(T0 + 7_000 + 30_000).toUTCString()
    simulator.failNext(
      tooManyRequests('7'),
      serviceUnavailable({ 'retry-after': until }),
      serviceUnavailable({}),
    )
    const reading = new Reading(sourceOf(simulator, { clock, random: () => 0 }))
    await reading.connected(simulator, 4)
    expect(clock.delaysMs).toEqual([7_000, 30_000, 0])
    await reading.stop()
  })

  it('says why it waits, and does not move the position that the server refuses', async () => {
    await using simulator = await startSimulator()
    const position = JSON.stringify([{ topic: 'eqiad.other', partition: 0, timestamp: T0 }])
    const clock = new InstantClock(T0)
    const source = sourceOf(simulator, { clock, backOff: { initialMs: 1, maxMs: 60_000 }, random: () => 1 })
    const reading = new Reading(source, position)
    await clock.slept(3)
    expect(clock.details.at(-1)).toContain('does not take the saved position')
    expect(clock.details.at(-1)).toContain("Topic 'eqiad.other' is not available")
    expect(clock.delaysMs.slice(0, 3)).toEqual([60_000, 60_000, 60_000])
    expect(simulator.requests.every(({ headers }) => headers['last-event-id']?.includes('eqiad.other'))).toBe(
      true,
    )
    await reading.stop()
  })

  it.for([
    ['an unknown stream', '/v2/stream/nonsense', 'answers 400: Stream Not Found: Invalid streams: nonsense'],
    ['a wrong time', `/v2/stream/${STREAM}?since=yesterdayish`, 'Invalid timestamp'],
    ['a page that is no stream', '/?spec', 'no event stream'],
  ])('tells the answer to %s', async ([, path = '', detail]) => {
    await using simulator = await startSimulator()
    const clock = new InstantClock(T0)
    const reading = new Reading(sourceOf(simulator, { clock, url: new URL(path, simulator.url).href }))
    await clock.slept(1)
    expect(clock.details[0]).toContain(detail)
    await reading.stop()
  })

  it('takes a connection without a byte for dead', async () => {
    await using simulator = await startSimulator()
    simulator.failNext({ type: 'stall', afterEvents: 1 })
    simulator.feed(fed(1), fed(2))
    const clock = new SilentClock()
    const reading = new Reading(sourceOf(simulator, { ...fromStart(simulator), clock }))
    await reading.revisions(1)
    clock.timeOut()
    await reading.revisions(2)
    expect(reading.revisionIds).toEqual([1, 2])
    expect(clock.details).toContainEqual(expect.stringContaining(`was silent for ${LIVENESS_MS} ms`))
    await reading.stop()
  })

  it('tells an error event and goes on behind what it had', async () => {
    await using simulator = await startSimulator()
    simulator.failNext({ type: 'error-event', afterEvents: 1 })
    simulator.feed(fed(1), fed(2))
    const clock = new InstantClock(T0)
    const reading = new Reading(sourceOf(simulator, { ...fromStart(simulator), clock }))
    await reading.revisions(2)
    expect(clock.details[0]).toContain('reports an error: Local: Broker transport failure')
    await reading.stop()
  })

  it('keeps the beginning of an event over the bound, and goes on behind it', async () => {
    await using simulator = await startSimulator()
    const huge = { ...pageChangeEvent({ revisionId: 1 }), padding: 'x'.repeat(ITEM_BYTES_MAX) }
    simulator.feed({ ...place(1), data: huge }, fed(2))
    const reading = new Reading(sourceOf(simulator, fromStart(simulator)))
    await reading.revisions(1)
    const [unreadable, edit] = reading.items
    expect(unreadable).toMatchObject({ type: 'unreadable', reason: expect.stringContaining('more than') })
    expect(unreadable?.type === 'unreadable' && unreadable.raw.length).toBeLessThan(100_000)
    expect(edit).toMatchObject({ type: 'edit' })
    await reading.stop()
  })

  it('keeps an event whose id says no place, and does not lose its own place', async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const data = JSON.stringify(pageChangeEvent({ revisionId: 1 }))
      response.write(`id: 17\ndata: ${data}\n\nevent: other\ndata: 1\n\n`)
      response.write(`id: [{"topic":"a","partition":0,"offset":4}]\ndata: ${data}\n\n`)
    })
    const reading = new Reading(newSource({ url: server.url }))
    await reading.revisions(1)
    expect(reading.items.map(({ type }) => type)).toEqual(['unreadable', 'edit'])
    await reading.stop()
  })

  it('connects to a server that is not there yet', async () => {
    const clock = new InstantClock(T0)
    const reading = new Reading(newSource({ clock, url: 'http://127.0.0.1:1/' }))
    await clock.slept(3)
    expect(clock.details[0]).toContain('cannot be read')
    await reading.stop()
  })

  it('leaves no connection behind when the caller stops', async () => {
    await using simulator = await startSimulator()
    simulator.feed(fed(1))
    for await (const _ of sourceOf(simulator, fromStart(simulator)).open(undefined, never)) break
    await expect.poll(() => simulator.openConnections).toBe(0)
  })
})

const never = new AbortController().signal

function place(id: number): Omit<FedEvent, 'data'> {
  return { topic: TOPICS[id % 2] ?? TOPICS[0], partition: 0, timestamp: T0 + id }
}

async function startServer(listener: RequestListener) {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}
