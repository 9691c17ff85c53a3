import { describe, expect, it } from 'vitest'
import type { OpenServer } from './conformance-server.ts'
import { type FrameStream, idOf, openResponse, openStream, TRANSPORTS } from './frame-stream.ts'
import { serverFor } from './server-under-test.ts'
import { changes } from './test-change.ts'

export function framesConformance(openServer: OpenServer): void {
  describe('delivery and frames', () => {
    const server = serverFor(openServer)
    const textOf = async (query: string, accept: string, ends: (text: string) => boolean) => {
      const { body, close } = await openResponse(`${server().url}/v1/changes?${query}`, {
        headers: { accept },
      })
      let text = ''
      for await (const more of body) {
        text += more
        if (ends(text)) break
      }
      close()
      return text
    }

    it.each(TRANSPORTS)(
      'R-28: delivers each matching change once, stored and new alike (%s)',
      async (transport) => {
        const wiki = `once${transport}wiki`
        await server().append(changes('s', 300, { wiki }))
        using stream = await openStream(server().url, transport, { query: { wiki, from: 'earliest' } })
        const appending = (async () => {
          for (let batch = 0; batch < 30; batch++) await server().append(changes(`n${batch}-`, 10, { wiki }))
        })()
        const ids = await stream.ids(600)
        await appending
        expect(new Set(ids).size).toBe(600)
        expect(ids).not.toContain('gap')
      },
    )

    it('R-29: keeps the changes of a page in order, also across a rename', async () => {
      const wiki = 'orderwiki'
      const titles = ['Old name', 'New name', 'Newest name']
      const given = changes('o', 90, { wiki }, 3).map((change, index) => ({
        ...change,
        kind: index % 10 === 9 ? ('move' as const) : ('edit' as const),
        title: titles[Math.floor(index / 30)] ?? '',
      }))
      using live = await openStream(server().url, 'ndjson', { query: { wiki } })
      await server().append(given)
      using stored = await openStream(server().url, 'ndjson', { query: { wiki, from: 'earliest' } })
      for (const stream of [live, stored]) {
        const received = await stream.changes(90)
        for (const page of [1, 2, 3]) {
          const isOfPage = (change: unknown) => (change as { page: { id: number } }).page.id === page
          expect(received.filter(({ change }) => isOfPage(change)).map(idOf)).toEqual(
            given.filter((change) => change.page === page).map(({ id }) => id),
          )
        }
      }
    })

    it('R-31: loses nothing for a partner that reads nothing for a while, and holds up nobody else', async () => {
      const wiki = 'slowwiki'
      using slow = await openStream(server().url, 'ndjson', { query: { wiki } })
      using healthy = await openStream(server().url, 'ndjson', { query: { wiki } })
      await slow.ofType('progress')
      const big = 'x'.repeat(20_000)
      for (let batch = 0; batch < 20; batch++) {
        await server().append(changes(`b${batch}-`, 40, { wiki, parts: { diff: big } }))
        expect(await healthy.ids(40)).not.toContain('gap')
      }
      const ids = await slow.ids(800)
      expect(new Set(ids).size).toBe(800)
      expect(ids).not.toContain('gap')
    })

    it.each(TRANSPORTS)(
      'R-32: tells its progress first, and when it becomes live (%s)',
      async (transport) => {
        const wiki = `progress${transport}wiki`
        await server().append(changes('p', 3, { wiki }))
        using stream = await openStream(server().url, transport, { query: { wiki, from: 'earliest' } })
        const first = await stream.find(({ type }) => type !== 'subscribed')
        expect(first).toMatchObject({ type: 'progress', state: 'catching-up', lagMs: null })
        expect(first.lagRecords).toBeGreaterThanOrEqual(3)
        await stream.changes(3)
        expect(await stream.ofType('progress')).toMatchObject({ state: 'live', lagRecords: 0, lagMs: 0 })
      },
    )

    it('R-33: tells its progress when nothing matches', async () => {
      using stream = await openStream(server().url, 'sse', { query: { wiki: 'rarewiki' } })
      const start = await stream.find(({ type, state }) => type === 'progress' && state === 'live')
      await server().append(changes('other', 10))
      const moved = await stream.ofType('progress')
      expect(moved.cursor).not.toBe(start.cursor)
      await server().append(changes('rare', 1, { wiki: 'rarewiki' }))
      using resumed = await openStream(server().url, 'sse', {
        query: { wiki: 'rarewiki', from: String(moved.cursor) },
      })
      expect(await resumed.ids(1)).toEqual(['rare0'])
    })

    it('R-35: tells of a change that cannot be read, and goes on', async () => {
      using live = await openStream(server().url, 'sse', { query: { wiki: 'damagedwiki' } })
      const start = String((await live.ofType('progress')).cursor)
      await server().appendDamaged()
      await server().append(changes('sound', 1, { wiki: 'damagedwiki' }))
      using stored = await openStream(server().url, 'websocket', {
        query: { wiki: 'damagedwiki', from: start },
      })
      for (const stream of [live, stored]) {
        const frames = [
          await stream.find(({ type }) => type === 'gap' || type === 'change'),
          await stream.find(({ type }) => type === 'gap' || type === 'change'),
        ]
        expect(frames.map(idOf).toSorted()).toEqual(['gap', 'sound0'])
        const gap = frames.find(({ type }) => type === 'gap')
        expect(gap).toMatchObject({ reason: 'unreadable', remedy: expect.any(String) })
        expect(gap?.from).not.toBe(gap?.to)
      }
    })

    it.each(TRANSPORTS)(
      'R-36: stays connected while the log cannot be read, and loses nothing (%s)',
      async (transport) => {
        const wiki = `outage${transport}wiki`
        using stream = await openStream(server().url, transport, { query: { wiki } })
        const before = await stream.find(({ state }) => state === 'live')
        {
          using _broken = server().breakLog()
          await server().append(changes('o', 5, { wiki }))
          expect(await stream.ofType('error')).toMatchObject({
            code: 'log_unavailable',
            help: expect.any(String),
          })
          for (let times = 0; times < 2; times++) {
            expect(await stream.next()).toMatchObject({
              type: 'progress',
              cursor: before.cursor,
              state: 'live',
              logUnavailable: true,
            })
          }
        }
        const frames = await stream.changes(5)
        expect(frames.map(idOf).toSorted()).toEqual(['o0', 'o1', 'o2', 'o3', 'o4'])
        const after = await stream.find(({ type, logUnavailable }) => type === 'progress' && !logUnavailable)
        expect(after).toMatchObject({ cursor: frames.at(-1)?.cursor, state: 'live' })
      },
    )

    it.each(TRANSPORTS)(
      'R-36: tells one that was to catch up in an outage, and goes on when it is over (%s)',
      async (transport) => {
        const wiki = `outagepast${transport}wiki`
        await server().append(changes('p', 5, { wiki }))
        let stream: FrameStream
        {
          using _broken = server().breakLog()
          stream = await openStream(server().url, transport, { query: { wiki, from: 'earliest' } })
          expect(await stream.ofType('error')).toMatchObject({ code: 'log_unavailable' })
          expect(await stream.next()).toMatchObject({ type: 'progress', logUnavailable: true })
        }
        using mended = stream
        const ids: string[] = []
        // What other tests have damaged in the log is passed by.
        while (ids.length < 5) ids.push(idOf(await mended.ofType('change')))
        expect(ids.toSorted()).toEqual(['p0', 'p1', 'p2', 'p3', 'p4'])
        const after = await mended.find(({ type, logUnavailable }) => type === 'progress' && !logUnavailable)
        expect(after).toMatchObject({ state: 'live', lagRecords: 0 })
      },
    )

    it('R-38: writes a change of SSE as an unnamed event with one line of data', async () => {
      await server().append(changes('s', 1, { wiki: 'ssewiki', title: 'Line\u2028break "quoted"' }))
      const text = await textOf('wiki=ssewiki&from=earliest&until=latest', 'text/event-stream', () => false)
      const block = text.split('\n\n').find((candidate) => candidate.includes('"s0"'))
      expect(block).toMatch(/^id: [\w.~-]+\ndata: \{[^\n]*\}$/)
      expect(JSON.parse(block?.split('\ndata: ')[1] ?? '')).toMatchObject({
        id: 's0',
        page: { title: 'Line\u2028break "quoted"' },
      })
    })

    it('R-39: names the control frames of SSE, and never one "error"', async () => {
      const text = await textOf('until=latest', 'text/event-stream', () => false)
      expect(text).toMatch(/event: progress\nid: [\w.~-]+\ndata: \{"type":"progress",.*\}\n\n/)
      expect(text).toMatch(/event: closing\nid: [\w.~-]+\ndata: \{"type":"closing",.*\}\n\n$/)
      using _broken = server().breakLog()
      const failing = await textOf('', 'text/event-stream', (sofar) => sofar.includes('log_unavailable'))
      expect(failing).toMatch(/event: stream-error\ndata: \{"type":"error",/)
      expect(failing).not.toContain('event: error')
    })

    it('R-40: begins SSE with :ok and retry, and writes no blank line but after an event', async () => {
      const text = await textOf('', 'text/event-stream', (sofar) => sofar.endsWith('\n:\n'))
      expect(text).toMatch(/^:ok\nretry: \d+\nevent: progress\n/)
      for (const block of text.split('\n\n').slice(0, -1)) expect(block).toContain('data: ')
      expect(text).not.toContain('\n\n\n')
    })

    it('R-41: sends a comment with a single newline while nothing happens', async () => {
      const text = await textOf('', 'text/event-stream', (sofar) => sofar.endsWith('\n:\n:\n'))
      expect(text).toMatch(/\n\n(:\n){2}$/)
    })

    it('R-42: writes every frame of NDJSON as one line with its type', async () => {
      using before = await openStream(server().url, 'ndjson')
      const start = await before.ofType('progress')
      await server().append(changes('l', 3, { wiki: 'linewiki', title: 'Line\nbreak' }))
      const text = await textOf(
        `wiki=linewiki&until=latest&from=${start.cursor}`,
        'application/x-ndjson',
        () => false,
      )
      const frames = text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
      expect(frames.map(({ type }) => type)).toEqual(['progress', 'change', 'change', 'change', 'closing'])
      expect(Object.keys(frames[1])).toEqual(['type', 'cursor', 'change'])
    })

    it('R-43: sends a space while nothing happens, and never an empty line', async () => {
      const text = await textOf('', 'application/x-ndjson', (sofar) => sofar.endsWith('  '))
      for (const line of text.split('\n').slice(0, -1)) expect(JSON.parse(line)).toHaveProperty('type')
    })
  })

  describe('retention', () => {
    const server = serverFor(openServer)

    it('R-34: tells of what retention has removed, and goes on with what is kept', async () => {
      using before = await openStream(server().url, 'ndjson', { query: {} })
      const { cursor: from } = await before.ofType('progress')
      const time = new Date(Date.now() - 60_000).toISOString()
      await server().append(changes('lost', 50))
      await server().trim()
      const filter = { wiki: 'fillerwiki' }
      using stream = await openStream(server().url, 'ndjson', { query: { ...filter, from: String(from) } })
      const gap = await stream.ofType('gap')
      expect(gap).toMatchObject({ from, reason: 'retention', remedy: expect.any(String) })
      const kept = (await stream.changes(1)).map(idOf)
      using after = await openStream(server().url, 'sse', { query: { ...filter, from: String(gap.to) } })
      expect((await after.changes(1)).map(idOf)).toEqual(kept)
      using fromTime = await openStream(server().url, 'websocket', { query: { ...filter, from: time } })
      expect((await fromTime.ofType('gap')).reason).toBe('retention')
      expect((await fromTime.changes(1)).map(idOf)).toEqual(kept)
      using earliest = await openStream(server().url, 'ndjson', { query: { ...filter, from: 'earliest' } })
      expect((await earliest.changes(1)).map(idOf)).toEqual(kept)
    })

    it('R-34: ends a stream whose end was removed with a gap, not with silence', async () => {
      using before = await openStream(server().url, 'ndjson', { query: {} })
      const { cursor: from } = await before.ofType('progress')
      await server().append(changes('first', 5))
      using middle = await openStream(server().url, 'ndjson', { query: {} })
      const { cursor: until } = await middle.ofType('progress')
      await server().append(changes('second', 5))
      await server().trim()
      using stream = await openStream(server().url, 'ndjson', {
        query: { from: String(from), until: String(until) },
      })
      const frames = await stream.rest()
      expect(frames.map(({ type }) => type)).toEqual(['progress', 'gap', 'closing'])
      expect(frames.at(-1)).toMatchObject({ code: 'complete', cursor: until })
    })
  })
}
