import { describe, expect, it } from 'vitest'
import { idsOf, readStream } from '../testing/read-stream.ts'
import { seeded } from '../testing/seeded.ts'
import { type StreamFault, StreamSimulator } from '../testing/stream-simulator.ts'
import { LIVENESS_MS, TestTiming } from '../testing/test-timing.ts'
import { changes } from './changes.ts'
import type { StreamFrame } from './stream-frame.ts'

describe('changes', () => {
  it('asks for what it was told, and gives out changes with cursors, and progress', async () => {
    await using simulator = await StreamSimulator.start(2)
    const { frames, error } = await readStream(simulator, {
      filter: { wiki: 'enwiki', namespace: [0], not: { performer: 'bot' } },
      parts: ['core', 'chunks'],
      from: '0',
      headers: { 'x-key': 'secret' },
    })
    expect(error).toBeUndefined()
    expect(simulator.requests).toEqual([
      {
        filter: { wiki: 'enwiki', namespace: [0], not: { performer: 'bot' } },
        parts: ['core', 'chunks'],
        from: '0',
        until: 'latest',
      },
    ])
    expect(simulator.headers[0]).toMatchObject({ accept: 'application/x-ndjson', 'x-key': 'secret' })
    expect(frames).toMatchObject([
      { type: 'progress', cursor: '0', state: 'live' },
      { type: 'change', cursor: '1', change: { id: 'enwiki:0', page: { title: 'Émeu 🦤 0' } } },
      { type: 'change', cursor: '2', change: { id: 'enwiki:1' } },
    ])
  })

  it.each([1, 2, 3, 4, 5, 6])(
    'gives out every change once, in order, whatever breaks (seed %i)',
    async (seed) => {
      const random = seeded(seed)
      await using simulator = await StreamSimulator.start(300)
      simulator.failNext(...Array.from({ length: 60 }, () => randomFault(random)))
      const { ids: got, reconnects, error } = await readStream(simulator, {}, new TestTiming(random))
      expect(error).toBeUndefined()
      expect(got).toEqual(idsOf(300))
      expect(reconnects.length).toBeGreaterThan(20)
      expect(simulator.requests.length).toBe(reconnects.length + 1)
    },
  )

  it.each([1, 2, 3])('does so with several changes in a frame (seed %i)', async (seed) => {
    const random = seeded(seed)
    await using simulator = await StreamSimulator.start(300)
    simulator.failNext(...Array.from({ length: 40 }, () => randomFault(random)))
    const { ids: got, reconnects } = await readStream(simulator, { batch: 5 }, new TestTiming(random))
    expect(got).toEqual(idsOf(300))
    expect(reconnects.length).toBeGreaterThan(15)
    expect(simulator.requests.every(({ batch }) => batch === 5)).toBe(true)
  })

  it('gives out the changes of a batch one by one, and the cursor behind it with the last', async () => {
    await using simulator = await StreamSimulator.start(8)
    const { frames } = await readStream(simulator, { batch: 3 })
    const changes = frames.flatMap((frame) => (frame.type === 'change' ? [frame] : []))
    expect(changes.map(({ change }) => change.id)).toEqual(idsOf(8))
    expect(changes.map(({ cursor }) => cursor)).toEqual(['0', '0', '3', '3', '3', '6', '6', '8'])
  })

  it.each([1, 2, 3])(
    'loses nothing when it is begun anew from the cursor of any change (seed %i)',
    async (seed) => {
      const random = seeded(seed)
      await using simulator = await StreamSimulator.start(200)
      const got: string[] = []
      let from: string | undefined
      for (let runs = 0; !got.includes('enwiki:199'); runs++) {
        expect(runs).toBeLessThan(200)
        // At least a batch, so that each run gets somewhere; it ends wherever that is, as a crash would.
        let left = 7 + Math.floor(random() * 20)
        for await (const frame of changes({ url: simulator.url, from, until: 'latest', batch: 7 })) {
          if (frame.type !== 'change') continue
          got.push(frame.change.id)
          from = frame.cursor
          if (--left === 0) break
        }
      }
      expect([...new Set(got)]).toEqual(idsOf(200))
      // What comes again is of the batch that a run ended in.
      const distances = got.flatMap((id, at) =>
        got.indexOf(id) < at ? [at - got.lastIndexOf(id, at - 1)] : [],
      )
      expect(distances.length).toBeGreaterThan(0)
      expect(Math.max(...distances)).toBeLessThan(7)
    },
  )

  it('goes on from the last frame it gave out when a frame is cut anywhere, also within a character', async () => {
    await using simulator = await StreamSimulator.start(120)
    simulator.failNext(
      ...Array.from(
        { length: 110 },
        (_, index): StreamFault => ({ type: 'cut', after: 1, frameBytes: 3 * index }),
      ),
    )
    const { ids: got } = await readStream(simulator)
    expect(got).toEqual(idsOf(120))
  })

  it('gives out gaps in their place, and goes on behind them', async () => {
    await using simulator = await StreamSimulator.start(10)
    simulator.failNext({ type: 'gap', after: 2, lost: 5, endsBehind: false })
    const { frames } = await readStream(simulator)
    const seen = frames.flatMap((frame) => (frame.type === 'progress' ? [] : [frame]))
    expect(seen[2]).toMatchObject({
      type: 'gap',
      from: '2',
      to: '7',
      reason: 'retention',
      remedy: 'Fetch your pages.',
    })
    expect(seen.map((frame) => (frame.type === 'change' ? frame.change.id : frame.type))).toEqual([
      ...idsOf(2),
      'gap',
      ...idsOf(3, 7),
    ])
  })

  it('comes back behind a gap when the connection breaks there', async () => {
    await using simulator = await StreamSimulator.start(4)
    simulator.failNext({ type: 'gap', after: 1, lost: 2, endsBehind: true })
    const { ids: got } = await readStream(simulator)
    expect(got).toEqual(['enwiki:0', 'enwiki:3'])
    expect(simulator.requests.map(({ from }) => from)).toEqual([undefined, '3'])
  })

  it('takes a connection for dead on which nothing comes, and makes another', async () => {
    await using simulator = await StreamSimulator.start(4)
    simulator.failNext({ type: 'stall', after: 2 })
    const timing = new TestTiming()
    const iteration = changes({ url: simulator.url, livenessTimeoutMs: LIVENESS_MS }, timing)
    const next = async () => (await iteration.next()).value as StreamFrame
    expect([await next(), await next(), await next()]).toMatchObject([{}, { cursor: '1' }, { cursor: '2' }])
    const pending = next()
    await expect.poll(() => simulator.openConnections).toBe(1)
    timing.timeOut()
    expect(await pending).toMatchObject({ type: 'progress', cursor: '2' })
    expect(await next()).toMatchObject({ type: 'change', cursor: '3' })
    await iteration.return()
    await expect.poll(() => simulator.openConnections).toBe(0)
  })

  it('ends without an error when the signal aborts, and leaves no connection', async () => {
    await using simulator = await StreamSimulator.start(3)
    const stop = new AbortController()
    const seen: string[] = []
    for await (const frame of changes({ url: simulator.url, signal: stop.signal })) {
      seen.push(frame.type)
      if (seen.length === 2) stop.abort()
    }
    expect(seen).toEqual(['progress', 'change'])
    await expect.poll(() => simulator.openConnections).toBe(0)
  })

  it('ends when the signal aborts while it waits for the next frame', async () => {
    await using simulator = await StreamSimulator.start(1)
    const stop = new AbortController()
    const iteration = changes({ url: simulator.url, signal: stop.signal })
    await iteration.next()
    await iteration.next()
    const pending = iteration.next()
    stop.abort()
    expect(await pending).toEqual({ done: true, value: undefined })
  })

  it('takes from the network only what is asked for', async () => {
    await using simulator = await StreamSimulator.start(3_000, 'x'.repeat(20_000))
    const iteration = changes({ url: simulator.url, until: 'latest' })
    await iteration.next()
    await expect.poll(() => simulator.isBlocked).toBe(true)
    // What lies in the buffers of two sockets and of `fetch`, out of 60 MB.
    expect(simulator.sentBytes).toBeLessThan(20_000_000)
    const rest = await Array.fromAsync(iteration)
    expect(rest.length).toBe(3_000)
  })

  it('serves a server behind a path', async () => {
    await using simulator = await StreamSimulator.start(1)
    const asked: string[] = []
    const { ids: got } = await readStream(simulator, {
      url: `${simulator.url}/freshet/`,
      fetch: (request, init) => {
        asked.push(new URL(request.url).pathname)
        return fetch(request, init)
      },
    })
    expect(got).toEqual(idsOf(1))
    expect(asked).toEqual(['/freshet/v1/changes'])
  })
})

function randomFault(random: () => number): StreamFault {
  const after = Math.floor(random() * 8)
  const faults: readonly StreamFault[] = [
    { type: 'cut', after, frameBytes: Math.floor(random() * 900) },
    { type: 'end', after },
    { type: 'close', after, code: 'draining', reconnect: true },
    { type: 'garble', after, bytes: Buffer.from('nonsense\n') },
    { type: 'refuse', status: 503, headers: { 'retry-after': '1' }, body: '' },
  ]
  return faults[Math.floor(random() * faults.length)] ?? { type: 'end', after }
}
