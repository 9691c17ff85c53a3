import { describe, expect, it } from 'vitest'
import { seeded } from '../testing/seeded.ts'
import { type StreamFault, StreamSimulator } from '../testing/stream-simulator.ts'
import { LIVENESS_MS, TestTiming } from '../testing/test-timing.ts'
import { type ChangesOptions, changes, type Reconnect } from './changes.ts'
import {
  BrokenFrameError,
  ClosedError,
  ConnectionError,
  FrameTooLongError,
  RefusedError,
  SilentConnectionError,
} from './errors.ts'
import type { StreamFrame } from './stream-frame.ts'

interface Reading {
  readonly frames: readonly StreamFrame[]
  readonly ids: readonly string[]
  readonly reconnects: readonly Reconnect[]
}

/** Everything up to the end, or to the error. */
async function read(
  simulator: StreamSimulator,
  options: Partial<ChangesOptions> = {},
  timing = new TestTiming(),
): Promise<Reading & { readonly error: unknown }> {
  const frames: StreamFrame[] = []
  const reconnects: Reconnect[] = []
  let error: unknown
  try {
    for await (const frame of changes(
      {
        url: simulator.url,
        until: 'latest',
        livenessTimeoutMs: LIVENESS_MS,
        onReconnect: (reconnect) => reconnects.push(reconnect),
        ...options,
      },
      timing,
    ))
      frames.push(frame)
  } catch (thrown) {
    error = thrown
  }
  const ids = frames.flatMap((frame) => (frame.type === 'change' ? [frame.change.id] : []))
  return { frames, ids, reconnects, error }
}

function ids(count: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => `enwiki:${from + index}`)
}

describe('changes', () => {
  it('asks for what it was told, and gives out changes with cursors, and progress', async () => {
    await using simulator = await StreamSimulator.start(2)
    const { frames, error } = await read(simulator, {
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
      const { ids: got, reconnects, error } = await read(simulator, {}, new TestTiming(random))
      expect(error).toBeUndefined()
      expect(got).toEqual(ids(300))
      expect(reconnects.length).toBeGreaterThan(20)
      expect(simulator.requests.length).toBe(reconnects.length + 1)
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
    const { ids: got } = await read(simulator)
    expect(got).toEqual(ids(120))
  })

  it('gives out gaps in their place, and goes on behind them', async () => {
    await using simulator = await StreamSimulator.start(10)
    simulator.failNext({ type: 'gap', after: 2, lost: 5, endsBehind: false })
    const { frames } = await read(simulator)
    const seen = frames.flatMap((frame) => (frame.type === 'progress' ? [] : [frame]))
    expect(seen[2]).toMatchObject({
      type: 'gap',
      from: '2',
      to: '7',
      reason: 'retention',
      remedy: 'Fetch your pages.',
    })
    expect(seen.map((frame) => (frame.type === 'change' ? frame.change.id : frame.type))).toEqual([
      ...ids(2),
      'gap',
      ...ids(3, 7),
    ])
  })

  it('comes back behind a gap when the connection breaks there', async () => {
    await using simulator = await StreamSimulator.start(4)
    simulator.failNext({ type: 'gap', after: 1, lost: 2, endsBehind: true })
    const { ids: got } = await read(simulator)
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
    const { ids: got } = await read(simulator, {
      url: `${simulator.url}/freshet/`,
      fetch: (request, init) => {
        asked.push(new URL(request.url).pathname)
        return fetch(request, init)
      },
    })
    expect(got).toEqual(ids(1))
    expect(asked).toEqual(['/freshet/v1/changes'])
  })
})

describe('after a failure it', () => {
  const error = JSON.stringify({ error: { code: 'overloaded', message: 'full', help: 'Try again.' } })

  it('waits for a time that doubles up to a bound, and starts anew once a change came', async () => {
    await using simulator = await StreamSimulator.start(2)
    const end = (after: number): StreamFault => ({ type: 'end', after })
    simulator.failNext(end(0), end(0), end(0), end(0), end(1), end(0))
    const timing = new TestTiming()
    const { reconnects } = await read(simulator, { backOff: { initialMs: 100, maxMs: 500 } }, timing)
    expect(timing.delaysMs).toEqual([100, 200, 400, 500, 100, 200])
    expect(reconnects.map(({ attempt, cursor }) => [attempt, cursor])).toEqual([
      [1, '0'],
      [2, '0'],
      [3, '0'],
      [4, '0'],
      [1, '1'],
      [2, '1'],
    ])
  })

  it('waits for a random part of that time', async () => {
    await using simulator = await StreamSimulator.start(1)
    simulator.failNext({ type: 'end', after: 0 }, { type: 'end', after: 0 })
    const timing = new TestTiming(() => 0.25)
    await read(simulator, { backOff: { initialMs: 100, maxMs: 500 } }, timing)
    expect(timing.delaysMs).toEqual([25, 50])
  })

  it('waits at least as long as Retry-After says, in seconds or until a date', async () => {
    await using simulator = await StreamSimulator.start(1)
    const date = new Date(Date.UTC(2026, 7, 1) + 90_000).toUTCString()
    simulator.failNext(
      { type: 'refuse', status: 503, headers: { 'retry-after': '7' }, body: error },
      { type: 'refuse', status: 429, headers: { 'retry-after': date }, body: '' },
      { type: 'refuse', status: 502, body: '<html>Bad gateway' },
    )
    const timing = new TestTiming()
    const { reconnects } = await read(simulator, {}, timing)
    expect(timing.delaysMs).toEqual([7_000, 83_000, 4_000])
    expect(reconnects.map(({ cause }) => cause)).toMatchObject([
      { status: 503, code: 'overloaded', help: 'Try again.', message: 'full' },
      { status: 429, code: undefined },
      { status: 502, message: expect.stringContaining('<html>Bad gateway') },
    ])
  })

  it.each([
    ['a connection that ends', { type: 'end', after: 1 }, ConnectionError],
    ['a connection that breaks', { type: 'cut', after: 1, frameBytes: 9 }, ConnectionError],
    ['what is not JSON', { type: 'garble', after: 1, bytes: Buffer.from('<html>\n') }, BrokenFrameError],
    [
      'JSON that is no frame',
      { type: 'garble', after: 1, bytes: Buffer.from('{"type":"change"}\n') },
      BrokenFrameError,
    ],
    [
      'what is not UTF-8',
      { type: 'garble', after: 1, bytes: Uint8Array.of(0xc3, 0x28, 0x0a) },
      BrokenFrameError,
    ],
    ['a server that drains', { type: 'close', after: 1, code: 'draining', reconnect: true }, ClosedError],
    [
      'a code of a later version',
      { type: 'close', after: 1, code: 'new_code', reconnect: true },
      ClosedError,
    ],
  ] as const)('comes back after %s', async (_what, fault, type) => {
    await using simulator = await StreamSimulator.start(2)
    simulator.failNext(fault)
    const { ids: got, reconnects, error: thrown } = await read(simulator)
    expect(thrown).toBeUndefined()
    expect(got).toEqual(ids(2))
    expect(reconnects).toHaveLength(1)
    expect(reconnects[0]?.cause).toBeInstanceOf(type)
    expect(reconnects[0]?.cause.isRetryable).toBe(true)
    expect(simulator.requests[1]?.from).toBe('1')
  })

  it('comes back when nobody listens at first', async () => {
    await using simulator = await StreamSimulator.start(1)
    let attempts = 0
    const { ids: got, reconnects } = await read(simulator, {
      fetch: async (request, init) => {
        attempts += 1
        if (attempts < 3) throw new TypeError('fetch failed')
        return fetch(request, init)
      },
    })
    expect(got).toEqual(ids(1))
    expect(reconnects.map(({ cause }) => cause)).toMatchObject([{ cause: { message: 'fetch failed' } }, {}])
  })

  it('comes back when not even an answer comes', async () => {
    await using simulator = await StreamSimulator.start(1)
    const timing = new TestTiming()
    let attempts = 0
    const reading = read(
      simulator,
      {
        fetch: (request, init) => {
          attempts += 1
          if (attempts > 1) return fetch(request, init)
          setImmediate(() => timing.timeOut())
          return new Promise(() => {})
        },
      },
      timing,
    )
    expect((await reading).reconnects[0]?.cause).toBeInstanceOf(SilentConnectionError)
    expect((await reading).ids).toEqual(ids(1))
  })

  it('gives up, with code and help, when it is told not to come back', async () => {
    await using simulator = await StreamSimulator.start(2)
    simulator.failNext({ type: 'close', after: 1, code: 'cursor_other_log', reconnect: false })
    const { ids: got, reconnects, error: thrown } = await read(simulator)
    expect(got).toEqual(ids(1))
    expect(reconnects).toEqual([])
    expect(thrown).toBeInstanceOf(ClosedError)
    expect(thrown).toMatchObject({
      isRetryable: false,
      code: 'cursor_other_log',
      help: expect.stringContaining('PROTOCOL.md'),
      cursor: '1',
    })
  })

  it.each([400, 404, 409, 413])(
    'gives up, with code and help, when it is refused with %i',
    async (status) => {
      await using simulator = await StreamSimulator.start(1)
      simulator.failNext({ type: 'refuse', status, body: error })
      const { reconnects, error: thrown } = await read(simulator)
      expect(reconnects).toEqual([])
      expect(thrown).toBeInstanceOf(RefusedError)
      expect(thrown).toMatchObject({ isRetryable: false, status, code: 'overloaded', help: 'Try again.' })
    },
  )

  it('gives up when something else answers than Freshet', async () => {
    await using simulator = await StreamSimulator.start(1)
    simulator.failNext({ type: 'refuse', status: 200, body: '{"hello":"world"}' })
    const { error: thrown } = await read(simulator)
    expect(thrown).toMatchObject({ isRetryable: false, status: 200, code: undefined })
  })

  it('gives up at a frame that is too long, which would come again', async () => {
    await using simulator = await StreamSimulator.start(1, 'x'.repeat(5_000))
    const { error: thrown } = await read(simulator, { frameBytesMax: 4_000 })
    expect(thrown).toBeInstanceOf(FrameTooLongError)
  })

  it('throws at once what is a mistake of the caller', async () => {
    await using simulator = await StreamSimulator.start(1)
    expect((await read(simulator, { url: 'not a URL' })).error).toBeInstanceOf(TypeError)
    expect((await read(simulator, { headers: { 'not a name': '' } })).error).toBeInstanceOf(TypeError)
    expect(simulator.requests).toEqual([])
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
