import { describe, expect, it } from 'vitest'
import type { OpenServer } from './conformance-server.ts'
import { FrameStream, framesIn, idOf, openResponse, openStream, Refusal } from './frame-stream.ts'
import { serverFor } from './server-under-test.ts'
import { changes } from './test-change.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

export function httpConformance(openServer: OpenServer): void {
  describe('the endpoint', () => {
    const server = serverFor(openServer)
    const path = () => `${server().url}/v1/changes`
    const typeFor = async (accept: string) => {
      const { headers, close } = await openResponse(path(), { headers: { accept } })
      close()
      return headers.get('content-type')
    }
    const refusal = async (init: RequestInit, query = ''): Promise<Refusal> => {
      const response = await fetch(`${path()}${query}`, init)
      return new Refusal(response.status, response.headers, await response.text())
    }

    it('R-1: answers as SSE where SSE is preferred or nothing in particular', async () => {
      for (const accept of [
        'text/event-stream',
        '*/*',
        'text/html,application/xhtml+xml,*/*;q=0.8',
        'application/x-ndjson;q=0.5,text/event-stream',
      ]) {
        expect(await typeFor(accept)).toBe('text/event-stream; charset=utf-8')
      }
    })

    it('R-2: answers as NDJSON where that is preferred', async () => {
      for (const accept of [
        'application/x-ndjson',
        'text/event-stream;q=0.1, application/x-ndjson',
        'application/x-ndjson, */*;q=0.1',
      ]) {
        expect(await typeFor(accept)).toBe('application/x-ndjson; charset=utf-8')
      }
    })

    it('R-3: refuses what accepts neither', async () => {
      const { status, error } = await refusal({ headers: { accept: 'application/json' } })
      expect([status, error.code]).toEqual([406, 'not_acceptable'])
    })

    it('R-4: gives the same stream for a POST as for the GET that says the same', async () => {
      await server().append([...changes('p', 5, { wiki: 'dewiki' }), ...changes('q', 5)])
      const body = JSON.stringify({
        filter: { wiki: ['dewiki'] },
        parts: ['core', 'patch'],
        from: 'earliest',
        until: 'latest',
      })
      const posted = await openResponse(path(), { method: 'POST', body, headers: JSON_TYPE })
      const query = { wiki: 'dewiki', parts: 'core,patch', from: 'earliest', until: 'latest' }
      using got = await openStream(server().url, 'sse', { query })
      using fromPost = new FrameStream(framesIn(posted.body, 'sse'), posted.close)
      const delivered = await fromPost.changes(5)
      expect(delivered).toEqual(await got.changes(5))
      expect(delivered.map(idOf).toSorted()).toEqual(['p0', 'p1', 'p2', 'p3', 'p4'])
    })

    it('R-4: refuses a POST with query parameters or unknown fields', async () => {
      const post = { method: 'POST', headers: JSON_TYPE }
      expect((await refusal({ ...post, body: '{}' }, '?wiki=enwiki')).error.code).toBe('invalid_request')
      const { status, error } = await refusal({ ...post, body: '{"filters":{}}' })
      expect([status, error.code]).toEqual([400, 'invalid_request'])
      expect(error.message).toContain('"filters"')
    })

    it('R-5: keeps caches and proxies from holding anything back, and lets any page read', async () => {
      const { headers, close } = await openResponse(path(), {})
      close()
      const refused = await refusal({}, '?wikis=x')
      for (const answer of [headers, refused.headers]) {
        expect(answer.get('cache-control')).toBe('no-store')
        expect(answer.get('access-control-allow-origin')).toBe('*')
        expect(answer.get('access-control-allow-credentials')).toBeNull()
      }
      const preflight = await fetch(path(), { method: 'OPTIONS' })
      expect(preflight.ok).toBe(true)
      for (const name of ['last-event-id', 'content-type', 'accept']) {
        expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(name)
      }
    })

    it('R-6: answers HEAD with the headers, and checks the request', async () => {
      const head = await fetch(path(), { method: 'HEAD' })
      expect([head.status, head.headers.get('content-type')]).toEqual([
        200,
        'text/event-stream; charset=utf-8',
      ])
      expect((await fetch(`${path()}?kind=edits`, { method: 'HEAD' })).status).toBe(400)
    })

    it('R-7: says in a refusal what is wrong and what to do', async () => {
      const { status, error } = await refusal({}, '?kind=edits')
      expect(status).toBe(400)
      expect(error).toEqual({
        code: 'invalid_filter',
        message: expect.stringContaining('filter.kind[0]'),
        help: expect.stringContaining('titlePrefix'),
      })
    })

    it('R-9: refuses bodies that are not JSON, or not said to be', async () => {
      const code = async (init: RequestInit) => (await refusal({ method: 'POST', ...init })).error.code
      for (const body of ['{', '\u0000', '['.repeat(100_000), '{"from":"latest"}{']) {
        expect(await code({ headers: JSON_TYPE, body })).toBe('invalid_json')
      }
      for (const body of ['null', '[]', '"x"', '5']) {
        expect(await code({ headers: JSON_TYPE, body })).toBe('invalid_request')
      }
      expect(await code({ headers: { 'content-type': 'text/plain' }, body: '{}' })).toBe(
        'unsupported_media_type',
      )
    })

    it('R-9: refuses a body of 17 MiB, and goes on', async () => {
      const body = JSON.stringify({ filter: { title: 'x'.repeat(17 * 1024 * 1024) } })
      const refused = await refusal({ method: 'POST', headers: JSON_TYPE, body })
      expect([refused.status, refused.error.code]).toEqual([413, 'request_too_large'])
      expect(await typeFor('*/*')).toContain('text/event-stream')
    })

    it('R-9: refuses other methods', async () => {
      const { status, headers, error } = await refusal({ method: 'PUT', body: '{}' })
      expect([status, error.code]).toEqual([405, 'method_not_allowed'])
      expect(headers.get('allow')).toContain('GET')
    })
  })
}
