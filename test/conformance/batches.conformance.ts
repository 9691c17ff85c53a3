import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { zstdDecompressSync } from 'node:zlib'
import { BATCH_CHANGES_MAX, CODES } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'
import type { OpenServer } from './conformance-server.ts'
import {
  ACCEPT,
  changesIn,
  type Frame,
  idOf,
  openResponse,
  openSocket,
  openStream,
  type Refusal,
  TRANSPORTS,
} from './frame-stream.ts'
import { serverFor } from './server-under-test.ts'
import { changes } from './test-change.ts'

const COUNT = 100
const BATCH = 8

export function batchesConformance(openServer: OpenServer): void {
  describe('batches', () => {
    const server = serverFor(openServer)
    const stored = async (wiki: string) => {
      const given = changes(`${wiki}-`, COUNT, { wiki })
      await server().append(given)
      return given.map(({ id }) => id)
    }

    it.each(['0', '-1', '1.5', `${BATCH_CHANGES_MAX + 1}`, 'many', ''])(
      'R-59: is refused with batch=%s',
      async (batch) => {
        const refused = openStream(server().url, 'ndjson', { query: { batch } })
        await expect(refused).rejects.toMatchObject({
          status: 400,
          error: { code: 'invalid_request', message: expect.stringContaining(`${BATCH_CHANGES_MAX}`) },
        })
        const { frames, closed } = openSocket(`${server().url}/v1/changes?batch=${batch}`)
        expect(await frames.next()).toMatchObject({ type: 'error', code: 'invalid_request' })
        expect(await closed).toBe(CODES.invalid_request.closeCode)
      },
    )

    it('R-59: is refused with a batch in the body that is no number', async () => {
      const refused = openResponse(`${server().url}/v1/changes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"batch":"8"}',
      })
      const { error } = (await refused.catch((refusal: unknown) => refusal)) as Refusal
      expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('batch: "8"') })
    })

    it('R-59: has a frame for each change with batch=1', async () => {
      const ids = await stored('onewiki')
      using stream = await openStream(server().url, 'sse', {
        query: { wiki: 'onewiki', from: 'earliest', until: 'latest', batch: '1' },
      })
      const frames = await stream.rest()
      expect(frames.filter(({ type }) => type === 'change')).toHaveLength(ids.length)
    })

    it.each(TRANSPORTS)(
      'R-60 R-61: gives all changes in frames of at most as many as asked for, over %s',
      async (transport) => {
        const wiki = `${transport}batchwiki`
        const ids = await stored(wiki)
        using stream = await openStream(server().url, transport, {
          query: { wiki, from: 'earliest', until: 'latest', batch: `${BATCH}`, parts: 'core,patch' },
        })
        const frames = await stream.rest()
        expect(frames.flatMap(changesIn).map(idOf).toSorted()).toEqual(ids.toSorted())
        expect(frames.flatMap(changesIn)[0]?.change).toHaveProperty('patch')
        expect(frames.at(-1)).toMatchObject({ type: 'closing', code: 'complete' })
        const batches = frames.filter(
          ({ type }) => type !== 'progress' && type !== 'closing' && type !== 'subscribed',
        )
        for (const batch of batches) {
          expect(batch).toMatchObject({ type: 'changes', cursor: expect.any(String) })
          expect(batch.changes?.length).toBeGreaterThan(0)
          expect(batch.changes?.length).toBeLessThanOrEqual(BATCH)
        }
      },
    )

    it('R-60: is an event of SSE named changes, with the cursor as id and one line of data', async () => {
      await stored('ssebatchwiki')
      const target = `${server().url}/v1/changes?wiki=ssebatchwiki&from=earliest&until=latest&batch=${BATCH}`
      const { body } = await openResponse(target, { headers: { accept: ACCEPT.sse } })
      const text = (await Array.fromAsync(body)).join('')
      const events = text.match(/^event: changes\nid: [\w.~-]+\ndata: \[\{.*\}\]\n\n/gm)
      expect(events?.length).toBeGreaterThanOrEqual(COUNT / BATCH)
      expect(text).not.toMatch(/^id: .*\ndata: \{"id"/m)
    })

    it('R-58 R-60: is compressed with zstd like anything else', async () => {
      const ids = await stored('zstdbatchwiki')
      const query = `wiki=zstdbatchwiki&from=earliest&until=latest&batch=${BATCH}`
      const headers = { accept: ACCEPT.ndjson, 'accept-encoding': 'zstd' }
      const [response] = (await once(
        get(`${server().url}/v1/changes?${query}`, { headers }),
        'response',
      )) as [IncomingMessage]
      const text = zstdDecompressSync(Buffer.concat(await response.toArray())).toString()
      const frames: Frame[] = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(frames.flatMap(changesIn).map(idOf).toSorted()).toEqual(ids.toSorted())
    })

    it.each(TRANSPORTS)('R-61: holds nothing back to fill a frame, over %s', async (transport) => {
      const wiki = `${transport}promptwiki`
      using stream = await openStream(server().url, transport, {
        query: { wiki, batch: `${BATCH_CHANGES_MAX}` },
      })
      await stream.find(({ state }) => state === 'live')
      for (const id of ['first', 'second', 'third']) {
        await server().append([{ id: `${id}-${transport}`, wiki }])
        const frame = await stream.ofType('changes')
        expect(frame.changes?.map((change) => change.id)).toEqual([`${id}-${transport}`])
      }
    })

    it('R-24 R-61: goes on from the cursor of any frame behind the last change in it', async () => {
      const wiki = 'cutbatchwiki'
      const ids = await stored(wiki)
      const terms = { wiki, from: 'earliest', until: 'latest', batch: '16' }
      using whole = await openStream(server().url, 'ndjson', { query: terms })
      const frames = await whole.rest()
      const seen: string[] = []
      for (const frame of frames) {
        seen.push(...changesIn(frame).map(idOf))
        using rest = await openStream(server().url, 'ndjson', {
          query: { wiki, from: String(frame.cursor), until: 'latest' },
        })
        const missed = (await rest.rest()).flatMap(changesIn).map(idOf)
        expect([...seen, ...missed].toSorted()).toEqual(ids.toSorted())
      }
    })

    it('R-61: ends a frame before what cannot be delivered', async () => {
      await server().append(changes('before', 3, { wiki: 'damagedwiki' }))
      await server().appendDamaged()
      await server().append(changes('behind', 3, { wiki: 'damagedwiki' }))
      for (const transport of TRANSPORTS) {
        using stream = await openStream(server().url, transport, {
          query: { wiki: 'damagedwiki', from: 'earliest', until: 'latest', batch: '1000' },
        })
        const frames = await stream.rest()
        expect(frames.filter(({ type }) => type === 'gap')).toMatchObject([{ reason: 'unreadable' }])
        expect(frames.flatMap(changesIn).filter(({ type }) => type === 'change')).toHaveLength(6)
      }
    })

    it('R-46 R-60: begins and ends with an update, at exactly the cursor that it names', async () => {
      const wiki = 'updatebatchwiki'
      const { frames, send } = openSocket(`${server().url}/v1/changes?subscribe=later`)
      using stream = frames
      send({ type: 'subscribe', id: 'a', filter: { wiki }, parts: ['core'] })
      await stream.ofType('subscribed')
      for (const [round, batch] of [1, 4, 1, BATCH_CHANGES_MAX].entries()) {
        send({ type: 'update', id: 'a', batch })
        await stream.ofType('updated')
        await server().append(changes(`round${round}-`, 5, { wiki }))
        const received: Frame[] = []
        while (received.flatMap(changesIn).length < 5) {
          received.push(await stream.find(({ type }) => type.startsWith('change')))
        }
        expect(received.map(({ type }) => type)).toEqual(
          received.map(() => (batch === 1 ? 'change' : 'changes')),
        )
        expect(received.flatMap(changesIn).map(idOf).toSorted()).toEqual(
          changes(`round${round}-`, 5).map(({ id }) => id),
        )
        // Parts were not named, and are as they were.
        expect(received.flatMap(changesIn)[0]?.change).not.toHaveProperty('diff')
      }
    })
  })
}
