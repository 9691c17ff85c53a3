import { on, once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { InMemoryChangeLog, LogUnavailableError, UnknownTopicError } from '@freshet/change-log'
import { PAGE_CHANGE_KINDS, PERFORMER_KINDS } from '@freshet/events'
import { CHANGE_KINDS, PERFORMERS } from '@freshet/protocol'
import Fastify from 'fastify'
import { register } from 'prom-client'
import { describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { FANOUT_SETTINGS } from './config.ts'
import { Fanout } from './fanout.ts'
import { changeRecord, changesTopic } from './testing/change-records.ts'

const UNSENT_BYTES_MAX = 128 * 1024
const FRAME_BYTES = 10_000
const FRAMES = 4_000
const NDJSON: readonly string[] = ['Accept: application/x-ndjson']
const WEBSOCKET: readonly string[] = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
]

async function openFanout(log: InMemoryChangeLog, unsentBytesTotalMax = 1e9) {
  await log.ensureTopics([changesTopic(3, undefined)])
  const settings = FANOUT_SETTINGS.schema.parse({
    unsentBytesMax: UNSENT_BYTES_MAX,
    tailBytesMax: 1_000_000,
    closeTimeoutMs: 100,
    unsentBytesTotalMax,
  })
  const fanout = new Fanout({ log, settings })
  await fanout.start()
  const app = Fastify()
  fanout.register(app)
  fanout.attach(app.server)
  const sockets = new Set<Socket>()
  app.server.on('connection', (socket) => sockets.add(socket))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    fanout,
    port: (app.server.address() as AddressInfo).port,
    sockets,
    [Symbol.asyncDispose]: async () => {
      await fanout[Symbol.asyncDispose]()
      await app.close()
    },
  }
}

/** A partner that speaks HTTP by hand, so that it decides what it reads. */
async function rawStream(port: number, query: string, headers = NDJSON): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const lines = [`GET /v1/changes?${query} HTTP/1.1`, 'Host: x', ...headers]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  return socket
}

/** Leaves the socket open. */
async function readSome(socket: Socket, expected: string): Promise<void> {
  for await (const [data] of on(socket, 'data')) {
    if (String(data).includes(expected)) return
  }
}

async function readUntil(socket: Socket, ends: (text: string) => boolean): Promise<string> {
  const pieces: string[] = []
  for await (const data of socket.setEncoding('latin1')) {
    pieces.push(data)
    if (ends(pieces.slice(-2).join(''))) break
  }
  return pieces.join('')
}

describe('the fan-out', () => {
  it('writes once to a socket for all of its subscriptions that are due together, each in its order', async () => {
    const log = new InMemoryChangeLog()
    await using opened = await openFanout(log)
    const partner = new WebSocket(`ws://127.0.0.1:${opened.port}/v1/changes?subscribe=later`)
    await once(partner, 'open')
    const names = Array.from({ length: 10 }, (_, index) => `s${index}`)
    // No two of them want the same bytes, and half of them in batches.
    const terms = names.map((id, index) => ({ id, filter: { minSizeDelta: -index }, batch: 1 + (index % 2) }))
    for (const term of terms) partner.send(JSON.stringify({ type: 'subscribe', ...term }))
    const received = new Map<string, string[]>(names.map((name) => [name, []]))
    let live = 0
    partner.on('message', (data) => {
      const {
        subscription,
        state,
        change,
        changes = change === undefined ? [] : [change],
      } = JSON.parse(String(data))
      if (state === 'live') live++
      for (const { id } of changes) received.get(subscription)?.push(id)
    })
    while (live < names.length) await once(partner, 'message')
    const [socket] = opened.sockets
    if (socket === undefined) throw new Error('the server has no socket')
    const [single, several] = [vi.spyOn(socket, '_write'), vi.spyOn(socket, '_writev')]
    const ids: string[] = []
    for (let flush = 1; flush <= 5; flush++) {
      const added = [`c${2 * flush}`, `c${2 * flush + 1}`]
      ids.push(...added)
      await log.append(added.map((id) => changeRecord(id, {})))
      while ([...received.values()].some(({ length }) => length < ids.length)) await once(partner, 'message')
      expect(single.mock.calls.length + several.mock.calls.length).toBe(flush)
    }
    expect([...received.values()]).toEqual(names.map(() => ids))
    partner.terminate()
  })

  it.each([
    ['NDJSON', NDJSON],
    ['a WebSocket', WEBSOCKET],
  ])(
    'R-31: keeps a bounded amount for a partner that reads %s byte by byte, and loses none of its changes',
    async (_, headers) => {
      const log = new InMemoryChangeLog()
      await using opened = await openFanout(log)
      const slow = await rawStream(opened.port, 'from=latest', headers)
      slow.pause()
      await once(slow, 'readable')
      const [atServer] = opened.sockets
      const healthy = await rawStream(opened.port, 'from=latest')
      const hasLast = (text: string) => text.includes(`"c${FRAMES - 1}"`)
      const reading = readUntil(healthy, hasLast)
      let mostPending = 0
      for (let index = 0; index < FRAMES; index += 40) {
        // One page, so that the last change is the last to arrive.
        await log.append(
          Array.from({ length: 40 }, (_, of) => changeRecord(`c${index + of}`, { page: 1 }, FRAME_BYTES)),
        )
        slow.read(1)
        await new Promise((resolve) => setImmediate(resolve))
        mostPending = Math.max(mostPending, atServer?.writableLength ?? 0)
      }
      expect(await reading).toContain(`"c${FRAMES - 1}"`)
      expect(mostPending).toBeGreaterThan(UNSENT_BYTES_MAX / 2)
      expect(mostPending).toBeLessThan(UNSENT_BYTES_MAX + 2 * FRAME_BYTES)
      const rest = await readUntil(slow, hasLast)
      expect(rest.match(/"type":"change"/g)).toHaveLength(FRAMES)
      expect(rest).not.toContain('"type":"gap"')
      healthy.destroy()
      slow.destroy()
    },
  )

  it('R-55: takes nobody new while too much is waiting for those who read slowly', async () => {
    const log = new InMemoryChangeLog()
    await using opened = await openFanout(log, UNSENT_BYTES_MAX / 2)
    const slow = await rawStream(opened.port, 'from=latest')
    slow.pause()
    await once(slow, 'readable')
    const target = `http://127.0.0.1:${opened.port}/v1/changes?until=latest`
    expect((await fetch(target)).status).toBe(200)
    for (let status = 200; status !== 503; ) {
      await log.append(Array.from({ length: 40 }, () => changeRecord('c', {}, FRAME_BYTES)))
      const response = await fetch(target)
      status = response.status
      await response.text()
    }
    slow.destroy()
    while ((await fetch(target)).status !== 200) await new Promise((resolve) => setImmediate(resolve))
  })

  it('is not ready while the log cannot be read, nor while it drains', async () => {
    const log = new InMemoryChangeLog()
    const read = log.read.bind(log)
    let failures = 1
    log.read = (options) => {
      if (failures-- > 0) throw new LogUnavailableError('the disk is away')
      return read(options)
    }
    await using opened = await openFanout(log)
    expect(opened.fanout.readiness()).toMatchObject({
      isReady: false,
      detail: expect.stringContaining('the disk is away'),
    })
    while (!opened.fanout.readiness().isReady) {
      await log.append([changeRecord('c', {})])
      await new Promise((resolve) => setImmediate(resolve))
    }
    await opened.fanout.drain(0)
    expect(opened.fanout.readiness()).toEqual({ isReady: false, detail: 'draining' })
  })

  it('says that it has stopped when the log fails for good', async () => {
    const log = new InMemoryChangeLog()
    log.read = () => {
      throw new UnknownTopicError('the topic is gone')
    }
    await using opened = await openFanout(log)
    await new Promise((resolve) => setImmediate(resolve))
    expect(opened.fanout.readiness()).toEqual({ isReady: false, detail: 'stopped: the topic is gone' })
  })

  it('counts what it delivers and whom it serves', async () => {
    const log = new InMemoryChangeLog()
    await using opened = await openFanout(log)
    const metricOf = async (name: string, labels: object) => {
      const metric = await register.getSingleMetric(`freshet_fanout_${name}`)?.get()
      return metric?.values.find((each) => isDeepStrictEqual({ ...each.labels }, labels))?.value ?? 0
    }
    const transport = 'ndjson'
    const before = await metricOf('deliveries_total', { transport })
    const closed = await metricOf('closes_total', { code: 'draining' })
    const socket = await rawStream(opened.port, 'from=latest')
    await readSome(socket, '"live"')
    expect(await metricOf('connections', { transport })).toBe(1)
    expect(await metricOf('subscribers', { transport })).toBe(1)
    await log.append([changeRecord('counted', {})])
    await readSome(socket, '"counted"')
    expect(await metricOf('deliveries_total', { transport })).toBe(before + 1)
    await opened.fanout.drain(0)
    expect(await metricOf('connections', { transport })).toBe(0)
    expect(await metricOf('subscribers', { transport })).toBe(0)
    expect(await metricOf('closes_total', { code: 'draining' })).toBe(closed + 1)
  })

  it('refuses an upgrade anywhere else', async () => {
    await using opened = await openFanout(new InMemoryChangeLog())
    const socket = connect(opened.port, '127.0.0.1')
    socket.write('GET //%zz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    expect(await readUntil(socket, () => false)).toMatch(/^HTTP\/1.1 404 .*"code":"not_found"/s)
  })

  it('knows the same kinds and performers in events and in filters', () => {
    expect(CHANGE_KINDS).toEqual(PAGE_CHANGE_KINDS)
    expect(PERFORMERS).toEqual(PERFORMER_KINDS)
  })
})
