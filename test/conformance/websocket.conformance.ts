import { CODES } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'
import { LIMITS, type OpenServer } from './conformance-server.ts'
import { type Frame, idOf, type OpenSocket, openSocket, openStream } from './frame-stream.ts'
import { serverFor } from './server-under-test.ts'
import { changes } from './test-change.ts'

export function webSocketConformance(openServer: OpenServer): void {
  describe('WebSocket', () => {
    const server = serverFor(openServer)
    const open = (query = 'subscribe=later') => openSocket(`${server().url}/v1/changes?${query}`)
    const answer = async ({ frames, send }: OpenSocket, message: unknown) => {
      send(message)
      return frames.find(({ type }) => ['subscribed', 'updated', 'unsubscribed', 'error'].includes(type))
    }
    const isFrom = (subscription: string) => (frame: Frame) => frame.subscription === subscription

    it('R-44: opens the subscription of the URL under the name default', async () => {
      await server().append(changes('d', 2, { wiki: 'urlwiki' }))
      const { frames } = open('wiki=urlwiki&from=earliest')
      using stream = frames
      expect(await stream.next()).toMatchObject({ type: 'subscribed', subscription: 'default' })
      expect(await stream.changes(2)).toMatchObject([
        { subscription: 'default' },
        { subscription: 'default' },
      ])
    })

    it('R-44: opens none with subscribe=later', async () => {
      const socket = open()
      using stream = socket.frames
      expect(await answer(socket, { type: 'unsubscribe', id: 'default' })).toMatchObject({
        code: 'unknown_subscription',
      })
      await server().append(changes('nobody', 1))
      expect(await answer(socket, { type: 'subscribe', id: 'x', filter: { wiki: 'nowiki' } })).toMatchObject({
        type: 'subscribed',
      })
      expect(await stream.next()).toMatchObject({ type: 'progress' })
    })

    it('R-45: says subscribed first, with the position that is pinned', async () => {
      const socket = open()
      using stream = socket.frames
      socket.send({ type: 'subscribe', id: 'a', filter: { wiki: 'pinwiki' } })
      const first = await stream.next()
      expect(first).toMatchObject({ type: 'subscribed', subscription: 'a' })
      await server().append(changes('pinned', 1, { wiki: 'pinwiki' }))
      expect(await stream.ids(1)).toEqual(['pinned0'])
      using resumed = await openStream(server().url, 'sse', {
        query: { wiki: 'pinwiki', from: String(first?.cursor) },
      })
      expect(await resumed.ids(1)).toEqual(['pinned0'])
    })

    it('R-45: serves several subscriptions on one socket, each with its own terms', async () => {
      await server().append([
        ...changes('one', 3, { wiki: 'onewiki' }),
        ...changes('two', 3, { wiki: 'twowiki' }),
      ])
      const socket = open()
      using stream = socket.frames
      socket.send({
        type: 'subscribe',
        id: 'one',
        filter: { wiki: 'onewiki' },
        parts: ['core'],
        from: 'earliest',
      })
      socket.send({
        type: 'subscribe',
        id: 'two',
        filter: { wiki: 'twowiki' },
        parts: ['patch'],
        from: 'earliest',
      })
      const received = await stream.changes(6)
      expect(received.filter(isFrom('one')).map(idOf).toSorted()).toEqual(['one0', 'one1', 'one2'])
      expect(received.filter(isFrom('two')).map(idOf).toSorted()).toEqual(['two0', 'two1', 'two2'])
      expect(received.find(isFrom('two'))?.change).toHaveProperty('patch')
      expect(received.find(isFrom('one'))?.change).not.toHaveProperty('diff')
    })

    it('R-46: changes filter and parts at exactly the cursor that it names', async () => {
      const old = { type: 'subscribe', id: 'a', filter: { wiki: 'oldwiki' }, from: 'earliest' }
      const both = (batch: number) => [
        ...changes(`old${batch}-`, 10, { wiki: 'oldwiki' }),
        ...changes(`new${batch}-`, 10, { wiki: 'newwiki' }),
      ]
      await server().append(both(0))
      const socket = open()
      using stream = socket.frames
      socket.send(old)
      await stream.changes(5)
      socket.send({ type: 'update', id: 'a', filter: { wiki: 'newwiki' }, parts: ['core'] })
      const before: Frame[] = []
      const updated = await stream.find((frame) => {
        if (frame.type === 'change') before.push(frame)
        return frame.type === 'updated'
      })
      expect(updated).toMatchObject({ subscription: 'a' })
      await server().append(both(1))
      expect(before.every((frame) => idOf(frame).startsWith('old'))).toBe(true)
      const missing = async (wiki: string) => {
        using rest = await openStream(server().url, 'ndjson', {
          query: { wiki, from: String(updated.cursor), until: 'latest', parts: 'core' },
        })
        return (await rest.rest()).flatMap(({ change }) => change?.id ?? [])
      }
      const expected = await missing('newwiki')
      expect(await stream.ids(expected.length)).toEqual(expected)
      const total = 5 + before.length + (await missing('oldwiki')).length
      expect(total).toBe(20)
    })

    it('R-46: keeps what an update does not name', async () => {
      const socket = open()
      using stream = socket.frames
      await answer(socket, { type: 'subscribe', id: 'a', filter: { wiki: 'keepwiki' }, parts: 'core' })
      await answer(socket, { type: 'update', id: 'a', parts: 'patch' })
      await server().append([...changes('other', 1), ...changes('kept', 1, { wiki: 'keepwiki' })])
      const [change] = await stream.changes(1)
      expect(change?.change).toMatchObject({ id: 'kept0', patch: 'patch of kept0' })
      expect(change?.change).not.toHaveProperty('diff')
    })

    it('R-47: sends nothing after unsubscribed, and the cursor in it goes on without a gap', async () => {
      const socket = open()
      using stream = socket.frames
      await answer(socket, { type: 'subscribe', id: 'a', filter: { wiki: 'endwiki' } })
      const ended = await answer(socket, { type: 'unsubscribe', id: 'a' })
      await server().append(changes('late', 3, { wiki: 'endwiki' }))
      const again = { type: 'subscribe', id: 'a', filter: { wiki: 'endwiki' }, from: ended.cursor }
      expect(await answer(socket, again)).toMatchObject({ type: 'subscribed', cursor: ended.cursor })
      expect((await stream.ids(3)).toSorted()).toEqual(['late0', 'late1', 'late2'])
    })

    it('R-48: answers what cannot be carried out, naming the subscription, and goes on', async () => {
      const socket = open()
      using stream = socket.frames
      await answer(socket, { type: 'subscribe', id: 'good', filter: { wiki: 'goodwiki' } })
      for (const [message, code] of [
        ['{"type":', 'invalid_json'],
        ['\u0000', 'invalid_json'],
        ['['.repeat(50_000), 'invalid_json'],
        ['[]', 'invalid_request'],
        [{ type: 'publish', id: 'x' }, 'invalid_request'],
        [{ type: 'subscribe', id: 'x y' }, 'invalid_request'],
        [{ type: 'subscribe', id: 'x', filters: {} }, 'invalid_request'],
        [{ type: 'subscribe', id: 'x', filter: { kind: 'edits' } }, 'invalid_filter'],
        [{ type: 'subscribe', id: 'x', parts: ['html'] }, 'invalid_parts'],
        [{ type: 'subscribe', id: 'x', from: 'never' }, 'invalid_range'],
        [{ type: 'subscribe', id: 'x', from: 'a~b~c' }, 'cursor_malformed'],
        [{ type: 'update', id: 'good', filter: { title: '\ud800' } }, 'invalid_filter'],
      ] as const) {
        const error = await answer(socket, message)
        expect(error).toMatchObject({
          type: 'error',
          code,
          message: expect.any(String),
          help: expect.any(String),
        })
        if (typeof message === 'object' && !message.id.includes(' '))
          expect(error.subscription).toBe(message.id)
      }
      await server().append(changes('still', 1, { wiki: 'goodwiki' }))
      expect(await stream.changes(1)).toMatchObject([{ subscription: 'good', change: { id: 'still0' } }])
    })

    it('R-49: completes an upgrade that it cannot serve, says why, and closes with the number of the code', async () => {
      for (const [query, code] of [
        ['kind=edits', 'invalid_filter'],
        ['parts=html', 'invalid_parts'],
        ['from=a~b~c', 'cursor_malformed'],
        ['subscribe=later&wiki=enwiki', 'invalid_request'],
      ] as const) {
        const { frames, closed } = open(query)
        using stream = frames
        expect(await stream.next()).toMatchObject({ type: 'error', code })
        expect(await stream.next()).toBeUndefined()
        expect(await closed).toBe(CODES[code].closeCode)
      }
    })

    it('R-50: closes on binary and on huge messages', async () => {
      const binary = open()
      await answer(binary, { type: 'subscribe', id: 'a', filter: { wiki: 'nowiki' } })
      binary.socket.send(Buffer.from('{"type":"unsubscribe","id":"a"}'))
      expect(await binary.frames.ofType('error')).toMatchObject({ code: 'binary_message' })
      expect(await binary.frames.ofType('closing')).toMatchObject({ subscription: 'a', reconnect: false })
      expect(await binary.closed).toBe(CODES.binary_message.closeCode)
      const huge = open()
      await answer(huge, { type: 'subscribe', id: 'a' })
      huge.socket.send(`"${'x'.repeat(17 * 1024 * 1024)}"`)
      expect(await huge.closed).toBe(1009)
    })

    it('R-50: closes on a flood of messages that cannot be carried out', async () => {
      const { frames, closed, send } = open()
      for (let index = 0; index < 102; index++) send('nonsense')
      const received = await frames.rest()
      expect(received.filter(({ code }) => code === 'invalid_json').length).toBeGreaterThan(100)
      expect(await closed).toBe(CODES.too_many_errors.closeCode)
    })

    it('R-51: refuses a name in use, an unknown one, and more subscriptions than there may be', async () => {
      const socket = open()
      using _stream = socket.frames
      const subscribe = (id: string) => answer(socket, { type: 'subscribe', id, filter: { wiki: 'nowiki' } })
      for (let index = 0; index < LIMITS.subscriptionsPerSocketMax; index++) {
        expect(await subscribe(`s${index}`)).toMatchObject({ type: 'subscribed' })
      }
      expect(await subscribe('s0')).toMatchObject({ code: 'duplicate_subscription' })
      expect(await subscribe('more')).toMatchObject({ code: 'too_many_subscriptions' })
      for (const type of ['update', 'unsubscribe']) {
        const message = { type, id: 'none', ...(type === 'update' ? { filter: {} } : {}) }
        expect(await answer(socket, message)).toMatchObject({
          code: 'unknown_subscription',
          subscription: 'none',
        })
      }
      expect(await answer(socket, { type: 'unsubscribe', id: 's1' })).toMatchObject({ type: 'unsubscribed' })
      expect(await subscribe('more')).toMatchObject({ type: 'subscribed' })
    })

    it('R-52: pings, and tells quiet subscriptions their progress', async () => {
      const { frames, socket } = open('wiki=quietwiki')
      using stream = frames
      const pinged = new Promise((resolve) => socket.once('ping', resolve))
      const live = await stream.find(({ state }) => state === 'live')
      await pinged
      const quiet = await stream.ofType('progress')
      expect(quiet).toMatchObject({ subscription: 'default', state: 'live', cursor: live.cursor })
    })

    it('R-52: closes a socket that leaves a ping unanswered', async () => {
      const { frames, closed } = openSocket(`${server().url}/v1/changes`, {}, { autoPong: false })
      expect(await frames.ofType('closing')).toMatchObject({ code: 'unresponsive', reconnect: true })
      expect(await closed).toBe(CODES.unresponsive.closeCode)
    })

    it('R-53: ends the socket with the subscription of its URL, unless another is open', async () => {
      const alone = open('until=latest')
      expect((await alone.frames.rest()).at(-1)).toMatchObject({ type: 'closing', code: 'complete' })
      expect(await alone.closed).toBe(CODES.complete.closeCode)
      const socket = open()
      using stream = socket.frames
      await answer(socket, { type: 'subscribe', id: 'a', filter: { wiki: 'staywiki' } })
      socket.send({ type: 'subscribe', id: 'b', until: 'latest' })
      expect(await stream.ofType('closing')).toMatchObject({ subscription: 'b', code: 'complete' })
      await server().append(changes('stayed', 1, { wiki: 'staywiki' }))
      expect(await stream.ids(1)).toEqual(['stayed0'])
    })
  })
}
