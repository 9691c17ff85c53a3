import { InMemoryChangeLog } from '@freshet/change-log'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ConformanceServer, LIMITS } from '../../../../test/conformance/conformance-server.ts'
import { openFanoutServer } from '../../../../test/conformance/fanout-server.ts'
import { changes as testChanges } from '../../../../test/conformance/test-change.ts'
import { seeded } from '../testing/seeded.ts'
import { LIVENESS_MS, TestTiming } from '../testing/test-timing.ts'
import { type ChangesOptions, changes } from './changes.ts'
import type { StreamFrame } from './stream-frame.ts'

const COUNT = 400

let server: ConformanceServer

beforeEach(async () => {
  server = await openFanoutServer(new InMemoryChangeLog(), LIMITS)
  await server.append(testChanges('a', COUNT))
})

afterEach(() => server[Symbol.asyncDispose]())

async function read(options: Partial<ChangesOptions>): Promise<readonly StreamFrame[]> {
  const all = {
    url: server.url,
    from: 'earliest',
    until: 'latest',
    livenessTimeoutMs: LIVENESS_MS,
    ...options,
  }
  return Array.fromAsync(changes(all, new TestTiming()))
}

function idsIn(frames: readonly StreamFrame[]): readonly string[] {
  return frames.flatMap((frame) => (frame.type === 'change' ? [frame.change.id] : []))
}

/** The network as it is at its worst: every connection breaks after a few thousand bytes. */
function breakingFetch(random: () => number): NonNullable<ChangesOptions['fetch']> {
  return async (request, init) => {
    const { body, headers, status } = await fetch(request, init)
    let left = 300 + Math.floor(random() * 6_000)
    const breaking = new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        controller.enqueue(bytes.subarray(0, left))
        left -= bytes.length
        if (left <= 0) controller.error(new Error('the network broke'))
      },
    })
    return new Response(body?.pipeThrough(breaking), { headers, status })
  }
}

describe('changes, from the fan-out itself', () => {
  it.each([
    [1, undefined],
    [2, undefined],
    [3, 4],
    [4, 16],
  ])('come exactly once over connections that break anywhere (seed %i, batch %s)', async (seed, batch) => {
    const expected = idsIn(await read({}))
    expect([...expected].sort()).toEqual(
      testChanges('a', COUNT)
        .map(({ id }) => id)
        .sort(),
    )
    let reconnects = 0
    const fetch = breakingFetch(seeded(seed))
    const frames = await read({ fetch, batch, onReconnect: () => reconnects++ })
    expect(reconnects).toBeGreaterThan(10)
    expect([...idsIn(frames)].sort()).toEqual([...expected].sort())
    // Between pages there is no order; within a page it is that of the log.
    expect(idsByPage(frames)).toEqual(idsByPage(await read({})))
  })

  it('are filtered, and hold the parts that were asked for', async () => {
    const frames = await read({ filter: { page: 3, not: { performer: 'bot' } }, parts: ['core', 'patch'] })
    const found = frames.flatMap((frame) => (frame.type === 'change' ? [frame.change] : []))
    expect(found.length).toBe(testChanges('a', COUNT).filter(({ page }) => page === 3).length)
    expect(found[0]).toMatchObject({ page: { id: 3 }, patch: 'patch of a2' })
    expect(found[0]?.diff).toBeUndefined()
  })

  it('have a gap where retention was faster', async () => {
    const [, first] = await read({})
    await server.trim()
    const frames = await read({
      from: first?.type === 'change' ? first.cursor : '',
      filter: { wiki: 'enwiki' },
    })
    expect(frames.find(({ type }) => type === 'gap')).toMatchObject({
      reason: 'retention',
      remedy: expect.any(String),
    })
  })

  it('are refused with code and help when the request is wrong', async () => {
    await expect(read({ filter: { kind: 'erase' } })).rejects.toMatchObject({
      isRetryable: false,
      status: 400,
      code: 'invalid_filter',
      help: expect.stringContaining('A filter is made of'),
    })
    await expect(read({ from: 'nonsense~1~abcd' })).rejects.toMatchObject({ code: 'cursor_malformed' })
  })

  it('go on elsewhere when a server drains', async () => {
    const stop = new AbortController()
    const causes: unknown[] = []
    const following = changes(
      {
        url: server.url,
        from: 'earliest',
        signal: stop.signal,
        livenessTimeoutMs: LIVENESS_MS,
        onReconnect: ({ cause }) => {
          causes.push(cause)
          stop.abort()
        },
      },
      new TestTiming(),
    )
    const frames: StreamFrame[] = []
    for await (const frame of following) {
      frames.push(frame)
      if (idsIn(frames).length === COUNT && frame.type === 'progress') void server.drain()
    }
    expect(idsIn(frames).length).toBe(COUNT)
    expect(causes).toMatchObject([{ code: 'draining', isRetryable: true }])
  })
})

function idsByPage(frames: readonly StreamFrame[]): Readonly<Record<string, readonly string[]>> {
  const pages: Record<string, string[]> = {}
  for (const frame of frames) {
    if (frame.type !== 'change') continue
    const page = String(frame.change.page.id)
    pages[page] = [...(pages[page] ?? []), frame.change.id]
  }
  return pages
}
