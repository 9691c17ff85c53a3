import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChangeLog, EmbeddedChangeLog, InMemoryChangeLog, type TopicSpec } from '@freshet/change-log'
import { WATCH_LISTS_TOPIC } from '@freshet/events'
import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { FANOUT_SETTINGS } from '../config.ts'
import { Fanout } from '../fanout.ts'
import { changeRecord, changesTopic } from '../testing/change-records.ts'

const WATCH_LISTS: TopicSpec = {
  name: WATCH_LISTS_TOPIC,
  partitions: 1,
  cleanup: 'compact',
  retentionMs: undefined,
  retentionBytes: undefined,
}

/** A node of fan-out over the log given. */
async function openNode(log: ChangeLog) {
  const fanout = new Fanout({ log, settings: FANOUT_SETTINGS.schema.parse({}) })
  await fanout.start()
  const app = Fastify()
  fanout.register(app)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${app.listeningOrigin}${path}`, { headers: { accept: 'application/x-ndjson' }, ...init })
  return {
    request,
    put: (name: string, body: string, of = 'page') =>
      request(`/v1/watch-lists/${name}?of=${of}`, { method: 'PUT', body }),
    /** The frames of a stream that ends. */
    frames: async (query: string) => {
      const lines = (await (await request(`/v1/changes?${query}`)).text()).split('\n').slice(0, -1)
      return lines.map((line) => JSON.parse(line))
    },
    [Symbol.asyncDispose]: async () => {
      await fanout[Symbol.asyncDispose]()
      await app.close()
    },
  }
}

async function inMemoryLog(...topics: readonly TopicSpec[]) {
  const log = new InMemoryChangeLog()
  await log.ensureTopics([changesTopic(2, undefined), ...topics])
  await log.append([changeRecord('one', { page: 1 }), changeRecord('two', { page: 2 })])
  return log
}

const STORED = 'from=earliest&until=latest'

describe('watch-lists', () => {
  it('R-71: hold on every node as soon as they are stored on one', async () => {
    const log = await inMemoryLog(WATCH_LISTS)
    await using first = await openNode(log)
    await using second = await openNode(log)
    for (let page = 1; page <= 2; page++) {
      const stored = (await (await first.put('mine', String(page))).json()) as { readonly version: string }
      const frames = await second.frames(`${STORED}&watchList=mine`)
      expect(frames.find(({ type }) => type === 'watch-lists').watchLists[0].version).toBe(stored.version)
      expect(frames.flatMap(({ change }) => change?.id ?? [])).toEqual([page === 1 ? 'one' : 'two'])
      expect(await (await second.request('/v1/watch-lists/mine')).json()).toEqual(stored)
    }
    const live = await second.request('/v1/changes?watchList=mine')
    const closing = live.text()
    expect((await first.request('/v1/watch-lists/mine', { method: 'DELETE' })).status).toBe(204)
    expect((await closing).trim().split('\n').at(-1)).toContain('"code":"unknown_watch_list"')
    expect((await second.request('/v1/changes?watchList=mine')).status).toBe(404)
  })

  it('are there again after a restart, and are stored once', async () => {
    const log = await inMemoryLog(WATCH_LISTS)
    {
      await using node = await openNode(log)
      expect((await node.put('mine', '2\n1')).status).toBe(201)
      expect((await node.put('mine', '1\n2\n2')).status).toBe(200)
      expect((await node.put('gone', '1')).status).toBe(201)
      await node.request('/v1/watch-lists/gone', { method: 'DELETE' })
    }
    expect((await log.bounds(WATCH_LISTS_TOPIC))[0]?.end).toBe(3n)
    await using node = await openNode(log)
    const { watchLists } = (await (await node.request('/v1/watch-lists')).json()) as { watchLists: object[] }
    expect(watchLists).toMatchObject([{ name: 'mine', of: 'page', entries: 2 }])
  })

  it('are unavailable until ingest has made their topic, and hold up nothing else', async () => {
    const log = await inMemoryLog()
    await using node = await openNode(log)
    expect((await node.put('mine', '1')).status).toBe(503)
    expect((await node.request(`/v1/changes?${STORED}&watchList=mine`)).status).toBe(503)
    expect(await node.frames(STORED)).toContainEqual(expect.objectContaining({ type: 'change' }))
    await log.ensureTopics([WATCH_LISTS])
    expect((await node.put('mine', '1')).status).toBe(201)
  })

  it('damaged in the log leave the one before in use', async () => {
    const log = await inMemoryLog(WATCH_LISTS)
    await using node = await openNode(log)
    await node.put('mine', '1')
    await log.append([
      {
        topic: WATCH_LISTS_TOPIC,
        key: 'mine',
        headers: { of: Buffer.from('page') },
        value: Buffer.from('?'),
      },
    ])
    const frames = await node.frames(`${STORED}&watchList=mine`)
    expect(frames.flatMap(({ change }) => change?.id ?? [])).toEqual(['one'])
  })

  it('R-77: are read and not written by a node whose log another process writes', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'freshet-watch-lists-'))
    try {
      await using writer = await EmbeddedChangeLog.open({
        mode: 'write',
        directory,
        retentionSweepIntervalMs: 3_600_000,
        onMaintenanceFailure: () => undefined,
      })
      await writer.ensureTopics([changesTopic(1, undefined), WATCH_LISTS])
      await writer.append([changeRecord('one', { page: 1 }), changeRecord('two', { page: 2 })])
      await using stores = await openNode(writer)
      expect((await stores.put('mine', '1')).status).toBe(201)
      await using reader = await EmbeddedChangeLog.open({ mode: 'read', directory })
      await using reads = await openNode(reader)
      const frames = await reads.frames(`${STORED}&watchList=mine`)
      expect(frames.flatMap(({ change }) => change?.id ?? [])).toEqual(['one'])
      for (const refused of [
        await reads.put('mine', '2'),
        await reads.request('/v1/watch-lists/mine', { method: 'DELETE' }),
      ]) {
        expect(refused.status).toBe(403)
        expect(await refused.json()).toMatchObject({
          error: { code: 'read_only', help: expect.stringContaining('kafka') },
        })
      }
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })

  it('that are too long for a request are refused before they are read', async () => {
    await using node = await openNode(await inMemoryLog(WATCH_LISTS))
    const body = 'x'.repeat(65 * 1024 ** 2)
    const refused = await node.put('mine', body, 'title')
    expect(refused.status).toBe(413)
    expect(await refused.json()).toMatchObject({ error: { code: 'watch_list_too_large' } })
  })
})
