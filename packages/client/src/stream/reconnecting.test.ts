import { describe, expect, it } from 'vitest'
import { idsOf, readStream } from '../testing/read-stream.ts'
import { type StreamFault, StreamSimulator } from '../testing/stream-simulator.ts'
import { TestTiming } from '../testing/test-timing.ts'
import {
  BrokenFrameError,
  ClosedError,
  ConnectionError,
  FrameTooLongError,
  RefusedError,
  SilentConnectionError,
} from './errors.ts'

describe('after a failure a stream', () => {
  const error = JSON.stringify({ error: { code: 'overloaded', message: 'full', help: 'Try again.' } })

  it('waits for a time that doubles up to a bound, and starts anew once a change came', async () => {
    await using simulator = await StreamSimulator.start(2)
    const end = (after: number): StreamFault => ({ type: 'end', after })
    simulator.failNext(end(0), end(0), end(0), end(0), end(1), end(0))
    const timing = new TestTiming()
    const { reconnects } = await readStream(simulator, { backOff: { initialMs: 100, maxMs: 500 } }, timing)
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
    await readStream(simulator, { backOff: { initialMs: 100, maxMs: 500 } }, timing)
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
    const { reconnects } = await readStream(simulator, {}, timing)
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
    const { ids: got, reconnects, error: thrown } = await readStream(simulator)
    expect(thrown).toBeUndefined()
    expect(got).toEqual(idsOf(2))
    expect(reconnects).toHaveLength(1)
    expect(reconnects[0]?.cause).toBeInstanceOf(type)
    expect(reconnects[0]?.cause.isRetryable).toBe(true)
    expect(simulator.requests[1]?.from).toBe('1')
  })

  it('comes back when nobody listens at first', async () => {
    await using simulator = await StreamSimulator.start(1)
    let attempts = 0
    const { ids: got, reconnects } = await readStream(simulator, {
      fetch: async (request, init) => {
        attempts += 1
        if (attempts < 3) throw new TypeError('fetch failed')
        return fetch(request, init)
      },
    })
    expect(got).toEqual(idsOf(1))
    expect(reconnects.map(({ cause }) => cause)).toMatchObject([{ cause: { message: 'fetch failed' } }, {}])
  })

  it('comes back when not even an answer comes', async () => {
    await using simulator = await StreamSimulator.start(1)
    const timing = new TestTiming()
    let attempts = 0
    const reading = readStream(
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
    expect((await reading).ids).toEqual(idsOf(1))
  })

  it('gives up, with code and help, when it is told not to come back', async () => {
    await using simulator = await StreamSimulator.start(2)
    simulator.failNext({ type: 'close', after: 1, code: 'cursor_other_log', reconnect: false })
    const { ids: got, reconnects, error: thrown } = await readStream(simulator)
    expect(got).toEqual(idsOf(1))
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
      const { reconnects, error: thrown } = await readStream(simulator)
      expect(reconnects).toEqual([])
      expect(thrown).toBeInstanceOf(RefusedError)
      expect(thrown).toMatchObject({ isRetryable: false, status, code: 'overloaded', help: 'Try again.' })
    },
  )

  it('gives up when something else answers than Freshet', async () => {
    await using simulator = await StreamSimulator.start(1)
    simulator.failNext({ type: 'refuse', status: 200, body: '{"hello":"world"}' })
    const { error: thrown } = await readStream(simulator)
    expect(thrown).toMatchObject({ isRetryable: false, status: 200, code: undefined })
  })

  it('gives up at a frame that is too long, which would come again', async () => {
    await using simulator = await StreamSimulator.start(1, 'x'.repeat(5_000))
    const { error: thrown } = await readStream(simulator, { frameBytesMax: 4_000 })
    expect(thrown).toBeInstanceOf(FrameTooLongError)
  })

  it('throws at once what is a mistake of the caller', async () => {
    await using simulator = await StreamSimulator.start(1)
    expect((await readStream(simulator, { url: 'not a URL' })).error).toBeInstanceOf(TypeError)
    expect((await readStream(simulator, { headers: { 'not a name': '' } })).error).toBeInstanceOf(TypeError)
    expect(simulator.requests).toEqual([])
  })
})
