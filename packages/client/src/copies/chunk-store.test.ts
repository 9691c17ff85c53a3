import { BlockCache, CHUNKER_VERSION, type Chunk, chunkSnapshot, chunksDigest } from '@freshet/chunks'
import { describe, expect, it, vi } from 'vitest'
import type { ArticleChange } from '../article-change.ts'
import { articleChangeOf } from '../testing/article-change-of.ts'
import { PageHistory } from '../testing/page-history.ts'
import { ChunkStore, type ChunkStoreOptions } from './chunk-store.ts'
import {
  DamagedPageError,
  MissingPartError,
  OldPageError,
  OtherChunkerError,
  PageFetchError,
  WrongPageError,
} from './errors.ts'
import type { HeldPage } from './held-page.ts'
import type { IndexUpdate } from './index-update.ts'
import type { PageStorage } from './page-storage.ts'

const RAIN = 'Rain falls down.\n\n== Where ==\n\nIt rains in the north.'
const SNOW = RAIN.replace('falls down', 'falls softly')
const HAIL = `${SNOW}\n\nIt hails in the south.`

function historyOf(texts: readonly string[], pageId = 1): PageHistory {
  const cache = new BlockCache({ sourceLengthMax: 100_000 })
  return new PageHistory(
    pageId,
    'en',
    cache,
    texts.map((text) => ({ kind: 'edit', text })),
  )
}

const history = historyOf([RAIN, SNOW, HAIL])
const [created, snowed, hailed] = history.changes as [ArticleChange, ArticleChange, ArticleChange]

const unreachable = vi.fn(async () => {
  throw new Error('nothing is to be fetched here')
})

function storeOf(options: Partial<ChunkStoreOptions>): ChunkStore {
  return new ChunkStore({ fetchPage: unreachable, ...options })
}

async function heldBy(store: ChunkStore, pageId = 1): Promise<readonly string[]> {
  return (await store.get('enwiki', pageId))?.copy.map(({ text }) => text) ?? []
}

describe('an index', () => {
  it('is told what to embed and put, with a hint at what it replaces, and what to delete', async () => {
    const updates: IndexUpdate[] = []
    const store = storeOf({ updateIndex: (update) => updates.push(update) })
    await store.apply(created)
    await store.apply(snowed)
    const [first, second] = updates
    expect(first?.put.map(({ text }) => text)).toEqual(['Rain falls down.', 'It rains in the north.'])
    expect(second).toMatchObject({
      page: { wiki: 'enwiki', pageId: 1, title: 'Page 1' },
      revisionId: snowed.revision?.id,
      put: [{ text: 'Rain falls softly.', path: [], replaces: first?.put[0]?.key }],
      delete: [first?.put[0]?.key],
      meta: [],
    })
  })

  it('keeps the same text of two pages apart', async () => {
    const updates: IndexUpdate[] = []
    const store = storeOf({ updateIndex: (update) => updates.push(update) })
    await store.apply(created)
    await store.apply(historyOf([RAIN], 2).changes[0] as ArticleChange)
    const [one, other] = updates.map(({ put }) => put[0])
    expect(one?.id).toBe(other?.id)
    expect([one?.key, other?.key]).toEqual([`enwiki:1:${one?.id}`, `enwiki:2:${one?.id}`])
  })

  it('need not embed a text again that stands under another heading', async () => {
    const updates: IndexUpdate[] = []
    const store = storeOf({ updateIndex: (update) => updates.push(update) })
    const renamed = historyOf([RAIN, RAIN.replace('Where', 'Places')])
    for (const change of renamed.changes) await store.apply(change)
    expect(updates[1]).toMatchObject({
      put: [],
      delete: [],
      meta: [{ text: 'It rains in the north.', path: ['Places'] }],
    })
  })

  it('hears of a new title, and nothing of an edit that changes no chunk', async () => {
    const updates: IndexUpdate[] = []
    const store = storeOf({ updateIndex: (update) => updates.push(update) })
    const [first, second, third] = historyOf([RAIN, `${RAIN}<!-- -->`, RAIN]).changes as [
      ArticleChange,
      ArticleChange,
      ArticleChange,
    ]
    await store.apply(first)
    expect((await store.apply(second)).outcome).toBe('unchanged')
    await store.apply({ ...third, kind: 'move', page: { ...third.page, title: 'Precipitation' } })
    expect(updates.slice(1)).toMatchObject([
      { page: { title: 'Precipitation' }, titleBefore: 'Page 1', put: [] },
    ])
  })

  it('that fails leaves the store as it was, and gets the same update again', async () => {
    const updates: IndexUpdate[] = []
    const updateIndex = vi.fn((update: IndexUpdate) => void updates.push(update))
    const store = storeOf({ updateIndex })
    await store.apply(created)
    updateIndex.mockRejectedValueOnce(new Error('the index is down') as never)
    await expect(store.apply(snowed)).rejects.toThrow('the index is down')
    expect(await heldBy(store)).toContain('Rain falls down.')
    expect((await store.apply(snowed)).outcome).toBe('applied')
    expect(updates.at(-1)).toEqual(updateIndex.mock.calls[1]?.[0])
  })
})

describe('a chunk store', () => {
  it('applies changes of one page in the order of the calls, also when nobody waits', async () => {
    const storage = new Map<string, HeldPage<readonly Chunk[]>>()
    const turn = () => new Promise(setImmediate)
    const slow: PageStorage<readonly Chunk[]> = {
      get: (key) => turn().then(() => storage.get(key)),
      set: (key, page) => turn().then(() => storage.set(key, page)),
      values: () => storage.values(),
    }
    const store = storeOf({ storage: slow })
    const steps = await Promise.all(history.changes.map((change) => store.apply(change)))
    expect(steps.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied'])
    expect(await store.check('enwiki', 1, history.finalDigest)).toBe(true)
  })

  it('fetches a page that it joins midway, and a page of which it missed a change', async () => {
    const fetchPage = vi.fn(async () => history.page(hailed.revision?.id))
    const store = storeOf({ fetchPage })
    expect((await store.apply(hailed)).outcome).toBe('repaired')
    expect(fetchPage).toHaveBeenCalledExactlyOnceWith({
      wiki: 'enwiki',
      pageId: 1,
      title: 'Page 1',
      domain: 'en.wikipedia.org',
      language: 'en',
      revisionId: hailed.revision?.id,
    })
    const late = storeOf({ fetchPage })
    await late.apply(created)
    expect((await late.apply(hailed)).outcome).toBe('repaired')
    expect(await late.check('enwiki', 1, history.finalDigest)).toBe(true)
  })

  it('takes the page from the change itself when it holds the wikitext', async () => {
    const store = storeOf({})
    expect((await store.apply({ ...hailed, wikitext: HAIL })).outcome).toBe('repaired')
    expect(await store.check('enwiki', 1, history.finalDigest)).toBe(true)
  })

  it('takes chunks as well as wikitext from whoever fetches', async () => {
    const chunks = chunkSnapshot(history.states.at(-1)?.chunks ?? [])
    const revisionId = hailed.revision?.id ?? 0
    const store = storeOf({ fetchPage: async () => ({ revisionId, chunks }) })
    await store.apply(hailed)
    expect(await store.check('enwiki', 1, history.finalDigest)).toBe(true)
  })

  it('passes by what comes twice or late', async () => {
    const store = storeOf({})
    for (const change of history.changes) await store.apply(change)
    expect((await store.apply(hailed)).outcome).toBe('unchanged')
    expect((await store.apply(snowed)).outcome).toBe('older')
    expect(await store.check('enwiki', 1, history.finalDigest)).toBe(true)
  })

  it('fetches nothing when what it missed was undone', async () => {
    const reverted = historyOf([RAIN, SNOW, RAIN]).changes
    const store = storeOf({})
    await store.apply(reverted[0] as ArticleChange)
    expect((await store.apply(reverted[2] as ArticleChange)).outcome).toBe('unchanged')
  })

  it('notices and repairs a storage that lost something', async () => {
    const storage = new Map<string, HeldPage<readonly Chunk[]>>()
    const store = storeOf({ storage, fetchPage: async () => history.page(hailed.revision?.id) })
    await store.apply(created)
    await store.apply(snowed)
    const held = storage.get('enwiki:1') as HeldPage<readonly Chunk[]>
    storage.set('enwiki:1', { ...held, copy: held.copy.slice(1) })
    expect(await store.check('enwiki', 1, chunksDigest(held.copy))).toBe(false)
    expect((await store.apply(hailed)).outcome).toBe('repaired')
    expect(await store.check('enwiki', 1, history.finalDigest)).toBe(true)
  })

  it('keeps nothing of a page that is deleted, and knows that it was', async () => {
    const store = storeOf({})
    await store.apply(created)
    const deletion = articleChangeOf({
      pageId: 1,
      kind: 'delete',
      revision: { id: created.revision?.id ?? 0, parentId: 0 },
      times: hailed.times,
    })
    expect((await store.apply(deletion)).outcome).toBe('removed')
    expect(await store.get('enwiki', 1)).toMatchObject({ state: 'removed', copy: [] })
    expect((await store.apply(created)).outcome).toBe('older')
    const pages = await Array.fromAsync(store.pages())
    expect(pages.map(({ state }) => state)).toEqual(['removed'])
  })

  it('does nothing with a change whose page id is not known, and says so', async () => {
    const step = await storeOf({}).apply({ ...created, page: { ...created.page, id: null } })
    expect(step).toEqual({ outcome: 'unidentified', before: undefined, after: undefined })
  })
})

describe('what cannot be applied', () => {
  const revisionId = hailed.revision?.id ?? 0

  async function failure(
    options: Partial<ChunkStoreOptions>,
    change: ArticleChange = hailed,
  ): Promise<unknown> {
    const store = storeOf(options)
    const error = await store.apply(change).catch((error: unknown) => error)
    expect(await store.get('enwiki', 1)).toBeUndefined()
    return error
  }

  it('is retryable when the page is not to be had for now', async () => {
    const error = await failure({})
    expect(error).toBeInstanceOf(PageFetchError)
    expect(error).toMatchObject({ isRetryable: true, request: { pageId: 1, revisionId } })
  })

  it('is retryable when an older revision came, from a replica that lags', async () => {
    const error = await failure({ fetchPage: async () => history.page(snowed.revision?.id) })
    expect(error).toBeInstanceOf(OldPageError)
    expect(error).toMatchObject({ isRetryable: true })
  })

  it('is not when another text came than the stream tells of', async () => {
    const error = await failure({ fetchPage: async () => ({ revisionId, wikitext: '<p>Rain</p>' }) })
    expect(error).toBeInstanceOf(WrongPageError)
    expect(error).toMatchObject({ isRetryable: false })
  })

  it('is told apart when the chunks that came are damaged', async () => {
    const chunks = { ...chunkSnapshot(history.states[2]?.chunks ?? []), result: 'another' }
    expect(await failure({ fetchPage: async () => ({ revisionId, chunks }) })).toBeInstanceOf(
      DamagedPageError,
    )
  })

  it('is told apart when server and client cut chunks in different ways', async () => {
    const chunks = {
      ...(hailed.chunks as object),
      chunker: `${CHUNKER_VERSION}.1`,
    } as ArticleChange['chunks']
    const fetchPage = async () => history.page(revisionId)
    expect(await failure({ fetchPage }, { ...hailed, chunks } as ArticleChange)).toBeInstanceOf(
      OtherChunkerError,
    )
  })

  it('is told apart when the part was not asked for', async () => {
    const { chunks: _chunks, ...change } = hailed
    expect(await failure({}, change)).toBeInstanceOf(MissingPartError)
  })
})
