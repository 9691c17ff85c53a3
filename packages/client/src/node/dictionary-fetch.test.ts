import { randomBytes } from 'node:crypto'
import { InMemoryChangeLog } from '@freshet/change-log'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ConformanceServer, LIMITS } from '../../../../test/conformance/conformance-server.ts'
import { openFanoutServer } from '../../../../test/conformance/fanout-server.ts'
import { changes as testChanges } from '../../../../test/conformance/test-change.ts'
import { changes } from '../stream/changes.ts'
import type { StreamFrame } from '../stream/stream-frame.ts'
import { LIVENESS_MS, TestTiming } from '../testing/test-timing.ts'
import { dictionaryFetch, type StreamFetch } from './dictionary-fetch.ts'

const COUNT = 60
const SHARED = randomBytes(1_500).toString('base64')

interface Exchange {
  readonly method: string
  readonly path: string
  readonly encoding: string | null
}

describe('a fetch with dictionaries', () => {
  let server: ConformanceServer
  let exchanges: Exchange[]

  beforeEach(async () => {
    exchanges = []
    server = await openFanoutServer(new InMemoryChangeLog(), LIMITS)
    await server.append(testChanges('a', COUNT, { parts: { diff: SHARED, chunks: SHARED } }))
  })
  afterEach(() => server[Symbol.asyncDispose]())

  const network: StreamFetch = async (request, init) => {
    const response = await fetch(request, init)
    const { pathname, search } = new URL(request.url)
    const encoding = response.headers.get('content-encoding')
    exchanges.push({ method: request.method, path: `${pathname}${search}`, encoding })
    return response
  }
  const publish = async (bytes: Uint8Array) => {
    const id = await server.publishDictionary(bytes, ['core', 'diff'])
    await vi.waitFor(async () =>
      expect((await fetch(`${server.url}/v1/dictionaries/${id}`)).status).toBe(200),
    )
    return `/v1/dictionaries/${id}`
  }
  const read = async (streamFetch: StreamFetch) => {
    const options = { url: server.url, from: 'earliest', until: 'latest', livenessTimeoutMs: LIVENESS_MS }
    return Array.fromAsync(changes({ ...options, fetch: streamFetch }, new TestTiming()))
  }
  const changesIn = (frames: readonly StreamFrame[]) =>
    frames.flatMap((frame) => (frame.type === 'change' ? [JSON.stringify(frame.change)] : [])).toSorted()

  it('gives the same changes, and gets the dictionary once for any number of streams', async () => {
    const dictionary = await publish(Buffer.from(SHARED))
    const fetchWithDictionary = dictionaryFetch({ fetch: network })
    const expected = changesIn(await read(fetch))
    expect(expected).toHaveLength(COUNT)
    expect(changesIn(await read(fetchWithDictionary))).toEqual(expected)
    expect(changesIn(await read(fetchWithDictionary))).toEqual(expected)
    expect(exchanges).toEqual([
      { method: 'HEAD', path: '/v1/changes', encoding: 'gzip' },
      { method: 'GET', path: dictionary, encoding: null },
      { method: 'POST', path: '/v1/changes', encoding: 'dcz' },
      { method: 'POST', path: '/v1/changes', encoding: 'dcz' },
    ])
  })

  it('takes the new dictionary for the stream after the one whose answer names it', async () => {
    await publish(Buffer.from(SHARED))
    const fetchWithDictionary = dictionaryFetch({ fetch: network })
    await read(fetchWithDictionary)
    const newer = await publish(randomBytes(1_024))
    await read(fetchWithDictionary)
    exchanges = []
    await read(fetchWithDictionary)
    expect(exchanges.map(({ path, encoding }) => [path, encoding])).toEqual([
      [newer, null],
      ['/v1/changes', 'dcz'],
    ])
  })

  it('does without where there is none, and hears of the first', async () => {
    const fetchWithDictionary = dictionaryFetch({ fetch: network })
    expect(changesIn(await read(fetchWithDictionary))).toHaveLength(COUNT)
    await publish(Buffer.from(SHARED))
    expect(changesIn(await read(fetchWithDictionary))).toHaveLength(COUNT)
    expect(exchanges.at(-1)).toMatchObject({ method: 'POST', encoding: 'dcz' })
  })

  it('does without where the dictionary cannot be had', async () => {
    await publish(Buffer.from(SHARED))
    const broken: StreamFetch = async (request, init) => {
      if (request.url.includes('/v1/dictionaries/')) throw new Error('the network broke')
      return network(request, init)
    }
    expect(changesIn(await read(dictionaryFetch({ fetch: broken })))).toHaveLength(COUNT)
    expect(exchanges.at(-1)).toMatchObject({ method: 'POST', encoding: 'gzip' })
  })

  it('fails a body that was made with another dictionary', async () => {
    await publish(Buffer.from(SHARED))
    const altered: StreamFetch = async (request, init) => {
      const response = await network(request, init)
      if (response.headers.get('content-encoding') !== 'dcz') return response
      const alter = new TransformStream<Uint8Array, Uint8Array>({
        transform: (bytes, controller) => controller.enqueue(bytes.with(20, ~(bytes[20] ?? 0))),
      })
      return new Response(response.body?.pipeThrough(alter), { headers: response.headers })
    }
    const request = new Request(`${server.url}/v1/changes`, {
      method: 'POST',
      body: '{}',
      headers: {
        accept: 'application/x-ndjson',
        'content-type': 'application/json',
      },
    })
    const stop = new AbortController()
    const response = await dictionaryFetch({ fetch: altered })(request, { signal: stop.signal })
    await expect(response.text()).rejects.toThrow(/another dictionary/)
    stop.abort()
  })
})
