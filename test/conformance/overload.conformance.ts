import { CODES } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'
import { LIMITS, type OpenServer } from './conformance-server.ts'
import { type FrameStream, openSocket, openStream, Refusal, TRANSPORTS } from './frame-stream.ts'
import { serverFor } from './server-under-test.ts'
import { changes } from './test-change.ts'

export function overloadConformance(openServer: OpenServer): void {
  const refusal = (attempt: Promise<FrameStream>): Promise<Refusal> =>
    attempt
      .then((stream) => stream.next())
      .then(
        () => Promise.reject(new Error('was accepted')),
        (error) => error,
      )

  describe('overload', () => {
    const server = serverFor(openServer, { connectionsMax: 2, filterValuesTotalMax: 1_000 })

    it('R-55 R-8: refuses more connections than it takes, while those that are open go on', async () => {
      using first = await openStream(server().url, 'sse', { query: { wiki: 'busywiki' } })
      using second = await openStream(server().url, 'websocket', { query: { wiki: 'busywiki' } })
      await second.ofType('progress')
      for (const transport of TRANSPORTS) {
        const refused = await refusal(openStream(server().url, transport))
        expect(refused).toMatchObject({ status: 503, error: { code: 'overloaded' } })
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      }
      await server().append(changes('on', 1, { wiki: 'busywiki' }))
      expect(await first.ids(1)).toEqual(['on0'])
      expect(await second.ids(1)).toEqual(['on0'])
    })

    it('R-55: takes a new connection once one has gone', async () => {
      for (let round = 0; round < 6; round++) {
        using stream = await retrying(() =>
          openStream(server().url, 'ndjson', { query: { until: 'latest' } }),
        )
        await stream.rest()
      }
    })

    it('R-55: refuses a filter when all filters together hold too many values', async () => {
      const post = (count: number) =>
        fetch(`${server().url}/v1/changes`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            filter: { page: Array.from({ length: count }, (_, index) => index + 1) },
            until: 'latest',
          }),
        })
      const refused = await retrying(async () => {
        const response = await post(1_001)
        const { error } = (await response.json()) as Pick<Refusal, 'error'>
        if (error.message.includes('connections'))
          throw new Refusal(503, response.headers, JSON.stringify({ error }))
        return { status: response.status, error }
      })
      expect(refused).toMatchObject({ status: 503, error: { code: 'overloaded' } })
      const accepted = await post(1_000)
      expect(accepted.status).toBe(200)
      await accepted.text()
    })
  })

  describe('shutdown', () => {
    it('R-56 R-37 R-53 R-54: tells everyone to come back with a cursor, and takes nobody new', async () => {
      await using server = await openServer(LIMITS)
      const streams = await Promise.all(TRANSPORTS.map((transport) => openStream(server.url, transport)))
      const socket = openSocket(`${server.url}/v1/changes`)
      socket.send({ type: 'subscribe', id: 'b' })
      await socket.frames.find(({ subscription }) => subscription === 'b')
      for (const stream of streams) await stream.find(({ state }) => state === 'live')
      await server.append(changes('last', 1))
      for (const stream of streams) expect(await stream.ids(1)).toEqual(['last0'])
      const drained = server.drain()
      for (const stream of streams) {
        const last = (await stream.rest()).at(-1)
        expect(last).toMatchObject({
          type: 'closing',
          code: 'draining',
          reconnect: true,
          cursor: expect.any(String),
        })
      }
      const closings = (await socket.frames.rest()).filter(({ type }) => type === 'closing')
      expect(closings.map(({ subscription }) => subscription)).toEqual(['default', 'b'])
      const number = await socket.closed
      expect(number).toBe(CODES.draining.closeCode)
      expect(number).toBeGreaterThanOrEqual(4500)
      for (const transport of TRANSPORTS) {
        const refused = await refusal(openStream(server.url, transport))
        expect(refused).toMatchObject({ status: 503, error: { code: 'draining' } })
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      }
      await drained
    })
  })
}

/** The server hears of a connection that has gone a moment after its client. */
async function retrying<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 503)) throw error
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
