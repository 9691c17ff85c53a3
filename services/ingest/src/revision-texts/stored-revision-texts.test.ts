import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InMemoryRevisionTexts } from './in-memory-revision-texts.ts'
import { request, revisionTextsContract } from './revision-texts.contract.ts'
import type { RevisionRequest, RevisionTexts, TextResult } from './revision-texts.ts'
import { StoredRevisionTexts } from './stored-revision-texts.ts'
import { sha1Base36 } from './text-digest.ts'
import { TextStore } from './text-store.ts'

const NEVER = new AbortController().signal

let folder: string
let upstream: RecordedTexts

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freshet-stored-texts-'))
  upstream = new RecordedTexts()
})

afterEach(() => rmSync(folder, { recursive: true }))

describe('with an empty store', () => {
  revisionTextsContract(async (revisions) => {
    for (const { wiki, revisionId, text, state } of revisions) {
      if (state === 'visible') upstream.texts.put(wiki, revisionId, text)
      else upstream.texts.withhold(wiki, revisionId, state)
    }
    return open()
  })
})

describe('StoredRevisionTexts', () => {
  test('asks upstream for what it does not have, all in one call, and never for that again', async () => {
    for (const id of [1, 2, 3]) upstream.texts.put('enwiki', id, `text ${id}`)
    {
      await using texts = open()
      texts.remember([{ wiki: 'enwiki', revisionId: 2, text: 'text 2' }])
      expect(await get(texts, 1, 2, 3)).toEqual(['text 1', 'text 2', 'text 3'])
      expect(await get(texts, 3, 2, 1)).toEqual(['text 3', 'text 2', 'text 1'])
      expect(texts.stats).toMatchObject({ storeHits: 4, storeMisses: 2 })
      expect(texts.stats.storeBytes).toBeGreaterThan(0)
    }
    await using reopened = open()
    expect(await get(reopened, 1, 2, 3)).toEqual(['text 1', 'text 2', 'text 3'])
    expect(upstream.asked).toEqual([[1, 3]])
  })

  test('asks again for what was not to be had', async () => {
    upstream.texts.withhold('enwiki', 1, 'temporarily_unavailable')
    await using texts = open()
    expect(await get(texts, 1)).toEqual(['temporarily_unavailable'])
    upstream.texts.put('enwiki', 1, 'there it is')
    expect(await get(texts, 1)).toEqual(['there it is'])
  })

  test('lets the wiki decide when what it has is not what is expected', async () => {
    upstream.texts.put('enwiki', 1, 'right')
    await using texts = open()
    texts.remember([{ wiki: 'enwiki', revisionId: 1, text: 'wrong' }])
    expect(await texts.get([request({ sha1: sha1Base36('right') })], NEVER)).toEqual([
      { status: 'available', text: 'right' },
    ])
    expect(await get(texts, 1)).toEqual(['right'])
    expect(upstream.asked).toEqual([[1]])
  })

  test('has no text any more that it was told to forget', async () => {
    await using texts = open()
    texts.remember([1, 2].map((revisionId) => ({ wiki: 'enwiki', revisionId, text: 'a text' })))
    texts.forget('enwiki', [1])
    upstream.texts.withhold('enwiki', 1, 'suppressed')
    expect(await get(texts, 1, 2)).toEqual(['suppressed', 'a text'])
  })

  test('neither gives nor keeps a text that is suppressed while it is on its way', async () => {
    upstream.texts.put('enwiki', 1, 'a secret')
    upstream.texts.put('enwiki', 2, 'no secret')
    await using texts = open()
    const answer = get(texts, 1, 2)
    texts.forget('enwiki', [1])
    expect(await answer).toEqual(['suppressed', 'no secret'])
    upstream.texts.withhold('enwiki', 1, 'suppressed')
    expect(await get(texts, 1, 2)).toEqual(['suppressed', 'no secret'])
  })

  test('closes its upstream', async () => {
    await open()[Symbol.asyncDispose]()
    expect(upstream.isClosed).toBe(true)
  })
})

function open(): StoredRevisionTexts {
  const store = new TextStore({
    path: join(folder, 'texts.sqlite'),
    bytesMax: 64 * 1024 * 1024,
    logger: pino({ level: 'silent' }),
  })
  return new StoredRevisionTexts({ store, upstream })
}

async function get(texts: RevisionTexts, ...revisionIds: number[]): Promise<string[]> {
  const results = await texts.get(
    revisionIds.map((revisionId) => request({ revisionId })),
    NEVER,
  )
  return results.map((result) => (result.status === 'available' ? result.text : result.reason))
}

/** Texts from memory that remember what they were asked for. */
class RecordedTexts implements RevisionTexts {
  readonly texts = new InMemoryRevisionTexts()
  readonly asked: number[][] = []
  isClosed = false

  async get(requests: readonly RevisionRequest[], signal: AbortSignal): Promise<readonly TextResult[]> {
    this.asked.push(requests.map(({ revisionId }) => revisionId))
    return this.texts.get(requests, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true
  }
}
