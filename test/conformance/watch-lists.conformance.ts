import { createHash } from 'node:crypto'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { CODES } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'
import type { OpenServer } from './conformance-server.ts'
import { type Frame, idOf, openSocket, openStream, Refusal, TRANSPORTS } from './frame-stream.ts'
import { serverFor } from './server-under-test.ts'
import { changes } from './test-change.ts'

interface Described {
  readonly name: string
  readonly of: string
  readonly entries: number
  readonly version: string
}

export function watchListsConformance(openServer: OpenServer): void {
  describe('watch-lists', () => {
    const server = serverFor(openServer)
    const request = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${server().url}/v1/watch-lists${path}`, init)
      if (response.ok || response.status === 304) return response
      throw new Refusal(response.status, response.headers, await response.text())
    }
    const put = async (
      name: string,
      of: string,
      body: string | Uint8Array<ArrayBuffer>,
      headers: Record<string, string> = { 'content-type': 'text/plain' },
    ) => {
      const response = await request(`/${name}?of=${of}`, { method: 'PUT', body, headers })
      const described = (await response.json()) as Described
      return { status: response.status, headers: response.headers, described }
    }
    const refusal = (attempt: Promise<unknown>): Promise<Refusal> =>
      attempt.then(
        () => Promise.reject(new Error('was accepted')),
        (error) => error,
      )
    const read = async (query: Readonly<Record<string, string>>) => {
      using stream = await openStream(server().url, 'ndjson', { query: { until: 'latest', ...query } })
      return (await stream.rest()).flatMap(({ change }) => change?.id ?? [])
    }
    const versionOf = (of: string, entries: readonly string[]) =>
      createHash('sha256')
        .update([of, ...entries].map((line) => `${line}\n`).join(''))
        .digest('hex')

    it.each([
      ['-x', 'of=title', '"-x" is no name of a watch-list'],
      [`${'x'.repeat(65)}`, 'of=title', 'is no name of a watch-list'],
      ['x', '', 'of: is missing'],
      ['x', 'of=titles', 'Did you mean "title"?'],
      ['x', 'of=title&of=page', 'of: given more than once'],
      ['x', 'of=title&kind=page', 'there is no query parameter "kind"'],
    ])('R-66: refuses %s with %j', async (name, query, message) => {
      const { status, error } = await refusal(
        request(`/${name}?${query}`, {
          method: 'PUT',
          body: 'Rain',
          headers: { 'content-type': 'text/plain' },
        }),
      )
      expect([status, error.code]).toEqual([400, 'invalid_request'])
      expect(error.message).toContain(message)
    })

    it('R-67: takes text, JSON and NDJSON, compressed or not, for the same list', async () => {
      const text = 'Snow\r\nRain_drop\n\nSnow\n🦤\nﬀ'
      const version = versionOf('title', ['Rain drop', 'Snow', 'ﬀ', '🦤'])
      const json = { 'content-type': 'application/json' }
      const created = await put('forms', 'title', text, {})
      expect(created).toMatchObject({
        status: 201,
        described: { name: 'forms', of: 'title', entries: 4, version },
      })
      expect(created.headers.get('etag')).toBe(`"${version}"`)
      for (const [body, headers] of [
        [text, { 'content-type': 'text/plain; charset=utf-8' }],
        ['["Rain drop","Snow","🦤","ﬀ"]', json],
        ['"🦤"\n"ﬀ"\n"Rain drop"\n"Snow"\n', { 'content-type': 'application/x-ndjson' }],
        [new Uint8Array(gzipSync(text)), { 'content-type': 'text/plain', 'content-encoding': 'gzip' }],
        [
          new Uint8Array(zstdCompressSync('["Rain drop","Snow","🦤","ﬀ"]')),
          { ...json, 'content-encoding': 'zstd' },
        ],
      ] as const) {
        expect(await put('forms', 'title', body, headers)).toMatchObject({
          status: 200,
          described: { version },
        })
      }
      expect((await put('forms', 'page', '[2,"10",2]', json)).described).toMatchObject({
        of: 'page',
        entries: 2,
        version: versionOf('page', ['10', '2']),
      })
    })

    it('R-67: refuses other forms of a body', async () => {
      for (const headers of [
        { 'content-type': 'application/xml' },
        { 'content-type': 'text/plain', 'content-encoding': 'br' },
      ]) {
        const { status, error } = await refusal(put('forms', 'title', 'Rain', headers))
        expect([status, error.code]).toEqual([415, 'unsupported_media_type'])
      }
    })

    it('R-68: names the places of the first mistakes, and stores nothing', async () => {
      for (const [of, body, type, messages] of [
        [
          'item',
          'Q1\nq2\nQ3\n\nTitle',
          'text/plain',
          ['line 2: "q2" is no Wikidata item', 'line 5: "Title"'],
        ],
        ['page', '[1, 0, "x", 1.5]', 'application/json', ['entry 1:', 'entry 2: expected', 'entry 3:']],
        ['title', '"a"\n7\n', 'application/x-ndjson', ['line 2: expected string, got 7']],
        ['title', 'Tab\there', 'text/plain', ['line 1: "Tab\\there" holds a control character']],
        ['title', '{"a":1}', 'application/json', ['the body is no array']],
        ['title', new Uint8Array([0x41, 0xff]), 'text/plain', ['the body is not UTF-8']],
      ] as const) {
        const { status, error } = await refusal(put('wrong', of, body, { 'content-type': type }))
        expect([status, error.code]).toEqual([400, 'invalid_watch_list'])
        for (const message of messages) expect(error.message).toContain(message)
      }
      expect(
        (await refusal(put('wrong', 'title', '[', { 'content-type': 'application/json' }))).error.code,
      ).toBe('invalid_json')
      expect((await refusal(request('/wrong'))).error.code).toBe('unknown_watch_list')
    })

    it('R-69: takes a million entries, and refuses one more', async () => {
      const titles = Array.from({ length: 1_000_000 }, (_, index) => `Article ${index}`)
      const text = new Uint8Array(gzipSync(titles.join('\n'), { level: 1 }))
      const headers = { 'content-encoding': 'gzip' }
      expect((await put('million', 'title', text, headers)).described.entries).toBe(1_000_000)
      await server().append([
        { id: 'last', wiki: 'millionwiki', title: 'Article 999999' },
        { id: 'none', wiki: 'millionwiki', title: 'Article 1000000' },
      ])
      expect(await read({ wiki: 'millionwiki', watchList: 'million', from: 'earliest' })).toEqual(['last'])
      const more = new Uint8Array(gzipSync([...titles, 'One more'].join('\n'), { level: 1 }))
      const { status, error } = await refusal(put('million', 'title', more, headers))
      expect([status, error.code]).toEqual([413, 'watch_list_too_large'])
      expect(error.help).toContain('several lists')
      await request('/million', { method: 'DELETE' })
    }, 60_000)

    it('R-70: honours If-Match and If-None-Match', async () => {
      const onlyNew = { 'if-none-match': '*' }
      const { headers } = await put('guarded', 'page', '1', onlyNew)
      const etag = String(headers.get('etag'))
      for (const [body, condition] of [
        ['2', onlyNew],
        ['2', { 'if-match': '"other"' }],
        ['2', { 'if-none-match': etag }],
      ] as const) {
        const { status, error } = await refusal(put('guarded', 'page', body, condition))
        expect([status, error.code]).toEqual([412, 'precondition_failed'])
      }
      expect((await refusal(put('nothing', 'page', '1', { 'if-match': '*' }))).status).toBe(412)
      expect((await request('/guarded', { headers: { 'if-none-match': etag } })).status).toBe(304)
      const replaced = await put('guarded', 'page', '2', { 'if-match': etag })
      expect(replaced.status).toBe(200)
      const stale = { method: 'DELETE', headers: { 'if-match': etag } }
      expect((await refusal(request('/guarded', stale))).status).toBe(412)
      const current = { 'if-match': String(replaced.headers.get('etag')) }
      expect((await request('/guarded', { method: 'DELETE', headers: current })).status).toBe(204)
    })

    it('R-72: says which lists there are, what one is, and what is in it', async () => {
      const { described } = await put('shown', 'item', 'Q20\nQ3')
      const all = (await (await request('')).json()) as { readonly watchLists: readonly Described[] }
      expect(all.watchLists).toContainEqual(described)
      expect(await (await request('/shown')).json()).toEqual(described)
      const entries = await request('/shown', { headers: { accept: 'text/plain' } })
      expect(entries.headers.get('etag')).toBe(`"${described.version}"`)
      expect(await entries.text()).toBe('Q20\nQ3\n')
      expect((await request('/shown', { method: 'HEAD' })).headers.get('etag')).toBe(`"${described.version}"`)
      const { status, error } = await refusal(request('/shwn'))
      expect([status, error.code]).toEqual([404, 'unknown_watch_list'])
      expect((await refusal(request('', { method: 'POST' }))).error.code).toBe('method_not_allowed')
    })

    it.each([
      [{ watchList: 'w-titles' }, ['drop', 'rain']],
      [{ watchList: ['w-titles', 'w-items'], not: { watchList: 'w-pages' } }, ['rain', 'snow']],
      [{ any: [{ watchList: 'w-pages' }, { title: 'Snow' }] }, ['drop', 'snow']],
      [{ all: [{ watchList: 'w-titles' }, { watchList: 'w-pages' }] }, ['drop']],
      [{ watchList: 'w-empty' }, []],
    ])('R-73: %j matches %j', async (filter, ids) => {
      await put('w-titles', 'title', 'Rain\nRain drop')
      await put('w-pages', 'page', '7')
      await put('w-items', 'item', 'Q9')
      await put('w-empty', 'title', '[]', { 'content-type': 'application/json' })
      const wiki = `listed${createHash('md5').update(JSON.stringify(filter)).digest('hex')}wiki`
      await server().append([
        { id: 'rain', wiki, title: 'Rain', page: 1 },
        { id: 'drop', wiki, title: 'Rain_drop', page: 7 },
        { id: 'snow', wiki, title: 'Snow', page: 2, item: 'Q9' },
        { id: 'unknown', wiki, title: 'Nothing', page: null, item: null },
      ])
      const nested = JSON.stringify({ wiki, ...filter })
      expect((await read({ filter: nested, from: 'earliest' })).toSorted()).toEqual(ids)
    })

    it.each(TRANSPORTS)(
      'R-74: refuses a name that there is not, and suggests one that there is (%s)',
      async (transport) => {
        await put('my-articles', 'title', 'Rain')
        if (transport.startsWith('websocket')) {
          const { frames, closed } = openSocket(`${server().url}/v1/changes?watchList=my-article`)
          expect(await frames.next()).toMatchObject({ type: 'error', code: 'unknown_watch_list' })
          expect(await closed).toBe(CODES.unknown_watch_list.closeCode)
          return
        }
        const refused = await refusal(
          openStream(server().url, transport, { query: { watchList: 'my-article' } }),
        )
        expect(refused).toMatchObject({ status: 404, error: { code: 'unknown_watch_list' } })
        expect(refused.error.message).toContain('Did you mean "my-articles"?')
        const head = await fetch(`${server().url}/v1/changes?watchList=my-article`, { method: 'HEAD' })
        expect(head.status).toBe(404)
      },
    )

    it.each(TRANSPORTS)(
      'R-71 R-75: goes by a replaced list from exactly the cursor that it tells (%s)',
      async (transport) => {
        const [wiki, name] = [`${transport}swapwiki`, `swap-${transport}`]
        const first = await put(name, 'page', '1\n2\n3')
        using stream = await openStream(server().url, transport, { query: { wiki, watchList: name } })
        const told = await stream.ofType('watch-lists')
        const listed = ({ described: { version, entries } }: typeof first) => [
          { name, of: 'page', entries, version },
        ]
        expect(told.watchLists).toEqual(listed(first))
        const appending = (async () => {
          for (let batch = 0; batch < 20; batch++) await server().append(changes(`b${batch}-`, 14, { wiki }))
        })()
        const early = await stream.ids(8)
        const second = await put(name, 'page', '3\n4\n5\n6')
        await appending
        await server().append([{ id: 'end', wiki, page: 3 }])
        const before: string[] = []
        const after: string[] = []
        const replaced = await stream.find((frame) => {
          if (frame.change !== undefined) before.push(idOf(frame))
          return frame.type === 'watch-lists'
        })
        expect(replaced.watchLists).toEqual(listed(second))
        await stream.find((frame: Frame) => {
          if (frame.change !== undefined) after.push(idOf(frame))
          return idOf(frame) === 'end'
        })
        const [from, until] = [String(told.cursor), String(replaced.cursor)]
        const old = await read({ wiki, page: '1,2,3', from, until })
        expect(old.toSorted()).toEqual([...early, ...before].toSorted())
        const received = await read({ wiki, page: '3,4,5,6', from: until })
        expect(received.filter((id) => after.includes(id)).toSorted()).toEqual(after.toSorted())
        // Partitions have no order between them, so others of the last batch may come behind the end.
        const missing = received.filter((id) => !after.includes(id))
        expect((await stream.ids(missing.length)).toSorted()).toEqual(missing.toSorted())
        expect(await read({ wiki, watchList: name, from })).toHaveLength(
          (await read({ wiki, page: '3,4,5,6', from })).length,
        )
      },
    )

    it('R-75: tells the lists of an updated filter', async () => {
      const { described } = await put('updated', 'page', '1')
      const { frames, send } = openSocket(`${server().url}/v1/changes?wiki=updatedwiki`)
      using stream = frames
      await stream.ofType('progress')
      send({ type: 'update', id: 'default', filter: { watchList: 'updated' } })
      const { name, of, entries, version } = described
      expect((await stream.ofType('watch-lists')).watchLists).toEqual([{ name, of, entries, version }])
      send({ type: 'update', id: 'default', filter: { watchList: 'no-such' } })
      expect(await stream.ofType('error')).toMatchObject({
        code: 'unknown_watch_list',
        subscription: 'default',
      })
    })

    it.each(TRANSPORTS)('R-76: ends with its cursor when its list is deleted (%s)', async (transport) => {
      const [wiki, name] = [`${transport}gonewiki`, `gone-${transport}`]
      await put(name, 'page', '1\n2')
      using stream = await openStream(server().url, transport, {
        query: { wiki, filter: `{"not":{"watchList":"${name}"}}` },
      })
      await stream.ofType('watch-lists')
      await server().append(changes('kept', 3, { wiki, page: 9 }))
      expect((await stream.ids(3)).toSorted()).toEqual(['kept0', 'kept1', 'kept2'])
      await request(`/${name}`, { method: 'DELETE' })
      const closing = await stream.ofType('closing')
      expect(closing).toMatchObject({ code: 'unknown_watch_list', reconnect: false })
      expect(closing.reason).toContain(name)
      await server().append(changes('later', 3, { wiki, page: 9 }))
      expect((await read({ wiki, from: String(closing.cursor) })).toSorted()).toEqual([
        'later0',
        'later1',
        'later2',
      ])
      expect((await refusal(request(`/${name}`, { method: 'DELETE' }))).status).toBe(404)
    })
  })

  describe('watch-lists past the bounds', () => {
    const server = serverFor(openServer, { watchListsMax: 2, watchListBytesTotalMax: 10_000 })
    const put = (name: string, body: string) =>
      fetch(`${server().url}/v1/watch-lists/${name}?of=title`, { method: 'PUT', body })

    it('R-69: are refused, and have room again afterwards', async () => {
      expect((await put('a', 'Rain')).status).toBe(201)
      expect((await put('b', 'Rain')).status).toBe(201)
      for (const [name, body] of [
        ['c', 'Rain'],
        ['b', Array.from({ length: 1_000 }, (_, index) => `Article ${index}`).join('\n')],
      ] as const) {
        const refused = await put(name, body)
        expect(refused.status).toBe(507)
        expect(await refused.json()).toMatchObject({ error: { code: 'watch_lists_full' } })
      }
      await fetch(`${server().url}/v1/watch-lists/a`, { method: 'DELETE' })
      expect((await put('c', 'Rain')).status).toBe(201)
    })
  })
}
