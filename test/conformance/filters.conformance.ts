import { describe, expect, it } from 'vitest'
import type { OpenServer } from './conformance-server.ts'
import { FrameStream, framesIn, openResponse, openStream, type Refusal } from './frame-stream.ts'
import { serverFor } from './server-under-test.ts'
import type { TestChange } from './test-change.ts'

const STORED: readonly TestChange[] = [
  { id: 'plain' },
  { id: 'german', wiki: 'dewiki', language: 'de', title: 'Ada, Gräfin von Lovelace', page: 2 },
  { id: 'talk', namespace: 1, title: 'Talk:Ada Lovelace', page: 3, tags: ['a,b'] },
  { id: 'bot', performer: 'bot', minor: true, sizeDelta: -500, page: 4_294_967_297 },
  { id: 'moved', kind: 'move', title: 'Countess_of_Lovelace', item: 'Q7259', tags: ['mobile edit'] },
  {
    id: 'unknown',
    performer: null,
    minor: null,
    sizeDelta: null,
    page: null,
    project: null,
    language: null,
    item: null,
    title: 'Unknown',
  },
]

export function filtersConformance(openServer: OpenServer): void {
  describe('filters and parts', () => {
    const server = serverFor(async (limits) => {
      const opened = await openServer(limits)
      await opened.append(STORED)
      return opened
    })
    const post = (filter: unknown, more: object = {}) =>
      openResponse(`${server().url}/v1/changes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
        body: JSON.stringify({ filter, from: 'earliest', until: 'latest', ...more }),
      })
    const idsIn = async (frames: FrameStream) =>
      (await frames.rest()).flatMap(({ change }) => change?.id ?? []).toSorted()
    const matching = async (filter: unknown) => {
      const { body, close } = await post(filter)
      return idsIn(new FrameStream(framesIn(body, 'ndjson'), close))
    }
    const queried = async (query: string) => {
      using stream = await openStream(server().url, 'ndjson', {
        query: `from=earliest&until=latest&${query}`,
      })
      return await idsIn(stream)
    }
    const refusal = (attempt: Promise<unknown>): Promise<Refusal> =>
      attempt.then(
        () => Promise.reject(new Error('was accepted')),
        (error) => error,
      )

    it.each([
      [{}, ['bot', 'german', 'moved', 'plain', 'talk', 'unknown']],
      [{ wiki: 'dewiki' }, ['german']],
      [{ wiki: ['dewiki', 'frwiki'], language: 'de' }, ['german']],
      [{ wiki: 'dewiki', language: 'en' }, []],
      [{ namespace: [1, 2] }, ['talk']],
      [{ kind: 'move' }, ['moved']],
      [{ page: 4_294_967_297 }, ['bot']],
      [{ item: 'Q7259' }, ['moved']],
      [{ performer: ['bot', 'anonymous'] }, ['bot']],
      [{ minor: true }, ['bot']],
      [{ maxSizeDelta: -1 }, ['bot']],
      [{ minSizeDelta: 10, maxSizeDelta: 10, namespace: 1 }, ['talk']],
      [{ tag: ['mobile edit', 'x'] }, ['moved']],
      [{ titlePrefix: 'Ada,' }, ['german']],
    ])('R-10: %j matches %j', async (filter, ids) => {
      expect(await matching(filter)).toEqual(ids)
    })

    it('R-11: nests any, all and not', async () => {
      const any = [{ kind: 'move' }, { all: [{ wiki: 'enwiki' }, { not: { namespace: 0 } }] }]
      expect(await matching({ any, not: { tag: 'mobile edit' } })).toEqual(['talk'])
    })

    it('R-12: names the place of a mistake and lists what exists', async () => {
      for (const [filter, place] of [
        [{ any: [{}, { kind: ['edits'] }] }, 'filter.any[1].kind[0]'],
        [{ wikis: 'enwiki' }, '"wikis"'],
        [{ title: [] }, 'filter.title'],
        [{ title: 'a\u0000b' }, 'filter.title[0]'],
        [{ page: '1' }, 'filter.page[0]'],
      ] as const) {
        const { status, error } = await refusal(post(filter))
        expect([status, error.code]).toEqual([400, 'invalid_filter'])
        expect(error.message).toContain(place)
        expect(error.help).toContain('titlePrefix')
      }
    })

    it('R-12: refuses a lone surrogate', async () => {
      const body = '{"filter":{"title":"\\ud800"}}'
      const response = await fetch(`${server().url}/v1/changes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      const { error } = (await response.json()) as Pick<Refusal, 'error'>
      expect(error.code).toBe('invalid_filter')
    })

    it('R-13: takes what is not known for meeting no condition', async () => {
      expect(await matching({ minor: [true, false] })).not.toContain('unknown')
      expect(await matching({ not: { minor: [true, false] } })).toEqual(['unknown'])
    })

    it('R-14: compares titles with underscores and spaces alike', async () => {
      expect(await matching({ title: 'Ada_Lovelace' })).toEqual(['bot', 'plain'])
      expect(await matching({ title: 'Countess of Lovelace' })).toEqual(['moved'])
      expect(await matching({ title: 'ada Lovelace' })).toEqual([])
    })

    it('R-15: reads lists in a query, and keeps the commas of titles and tags', async () => {
      expect(await queried('wiki=dewiki,frwiki&wiki=eswiki')).toEqual(['german'])
      expect(await queried('title=Ada,_Gr%C3%A4fin_von_Lovelace&title=Unknown')).toEqual([
        'german',
        'unknown',
      ])
      expect(await queried('tag=a,b')).toEqual(['talk'])
      const nested = encodeURIComponent('{"any":[{"namespace":1},{"kind":"move"}]}')
      expect(await queried(`tag=a,b&filter=${nested}`)).toEqual(['talk'])
      const { error } = await refusal(queried('wikis=enwiki'))
      expect(error.message).toBe('there is no query parameter "wikis". Did you mean "wiki"?')
    })

    it('R-16: takes 100,000 titles and refuses one more', async () => {
      const title = Array.from({ length: 99_999 }, (_, index) => `Page ${index}`)
      expect(await matching({ title: [...title, 'Unknown'] })).toEqual(['unknown'])
      const { status, error } = await refusal(post({ title: [...title, 'Unknown', 'Ada'] }))
      expect([status, error.code]).toEqual([413, 'filter_too_large'])
    })

    it('R-16: refuses deep and wide filters', async () => {
      const deep = (depth: number) => JSON.parse(`${'{"not":'.repeat(depth)}{}${'}'.repeat(depth)}`)
      expect(await matching(deep(8))).toHaveLength(STORED.length)
      expect((await refusal(post(deep(9)))).error.code).toBe('filter_too_large')
      expect((await refusal(post({ any: Array(1_001).fill({}) }))).error.code).toBe('filter_too_large')
    })

    it('R-17: sends the parts asked for and nothing else', async () => {
      const first = async (parts: object) => {
        const { body, close } = await post({ kind: 'move' }, parts)
        using stream = new FrameStream(framesIn(body, 'ndjson'), close)
        return (await stream.changes(1))[0]?.change
      }
      const core = {
        id: 'moved',
        kind: 'move',
        wiki: 'enwiki',
        page: { id: 1, title: 'Countess_of_Lovelace' },
      }
      expect(await first({})).toEqual({ ...core, diff: { of: 'moved' } })
      expect(await first({ parts: 'core' })).toEqual(core)
      expect(await first({ parts: ['patch', 'wikitext'] })).toEqual({ ...core, patch: 'patch of moved' })
    })

    it('R-18: lists the parts when one does not exist', async () => {
      const { status, error } = await refusal(queried('parts=core,html'))
      expect([status, error.code]).toEqual([400, 'invalid_parts'])
      expect(error.help).toContain('core, diff, patch, compare, sections, chunks, facts, text, wikitext')
    })
  })
}
