import { type Chunk, chunksDigest } from '@freshet/chunks'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Delivered, disturbedDelivery } from '../testing/disturbed-delivery.ts'
import { generatedHistories } from '../testing/generated-history.ts'
import { ModelIndex } from '../testing/model-index.ts'
import type { PageHistory } from '../testing/page-history.ts'
import { hasRealHistories, realHistories } from '../testing/real-histories.ts'
import { seeded } from '../testing/seeded.ts'
import { ChunkStore } from './chunk-store.ts'
import { PageFetchError } from './errors.ts'
import type { FetchedText, PageRequest } from './fetch-page.ts'
import type { HeldPage } from './held-page.ts'
import { TextCopies } from './text-copies.ts'
import { textDigest } from './text-digest.ts'

/** A wiki that answers with the revision asked for or the latest, and now and then not at all. */
function wikiOf(histories: readonly PageHistory[], random: () => number) {
  const wiki = {
    fetches: 0,
    isDown: (): boolean => random() < 0.1,
    fetchPage: async ({ pageId, revisionId }: PageRequest): Promise<FetchedText | 'gone'> => {
      if (wiki.isDown()) throw new Error('the wiki is down')
      wiki.fetches += 1
      const history = histories[pageId - 1] as PageHistory
      return history.page(random() < 0.3 ? undefined : revisionId)
    },
  }
  return wiki
}

/** As a partner does: what failed for now is done again. */
async function persistently<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof PageFetchError)) throw error
    }
  }
}

/** Asks less of the test runner than `expect` would at tens of thousands of steps. */
function claim(isTrue: boolean, what: string, { history, index }: Delivered): void {
  if (!isTrue) expect.fail(`${what}: page ${history.pageId}, change ${index}`)
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** What is held is exactly one revision, or nothing of a page that is gone. */
function isExact(held: HeldPage<readonly Chunk[]>, history: PageHistory): boolean {
  if (held.state === 'removed') return held.copy.length === 0
  return isSame(held.copy, history.chunksAt(held.revisionId as number))
}

function isIndexed(index: ModelIndex, held: HeldPage<readonly Chunk[]>): boolean {
  const indexed = index.chunksOf(held)
  return indexed.size === held.copy.length && held.copy.every((chunk) => isSame(indexed.get(chunk.id), chunk))
}

async function checkChunkStore(
  histories: readonly PageHistory[],
  delivery: readonly Delivered[],
  random: () => number,
) {
  const wiki = wikiOf(histories, random)
  const index = new ModelIndex()
  const updateIndex = (update: Parameters<ModelIndex['update']>[0]) => {
    index.update(update)
    index.update(update)
  }
  const store = new ChunkStore({ fetchPage: wiki.fetchPage, updateIndex })
  for (const delivered of delivery) {
    const { history } = delivered
    const { before, after } = await persistently(() =>
      store.apply(history.changes[delivered.index] as (typeof history.changes)[number]),
    )
    if (after === undefined) expect.fail('a page with an id is held')
    claim(isExact(after, history), 'the chunks are those of the revision', delivered)
    claim((after.revisionId ?? 0) >= (before?.revisionId ?? 0), 'revisions never go back', delivered)
    claim(
      await store.check('enwiki', history.pageId, chunksDigest(after.copy)),
      'the digest is right',
      delivered,
    )
    if (before !== after) claim(isIndexed(index, after), 'the index has the same', delivered)
  }
  for (const history of histories) {
    const last = { history, index: history.changes.length - 1 }
    const isLastDelivered = delivery.some((it) => it.history === history && it.index === last.index)
    const held = await store.get('enwiki', history.pageId)
    const isInStep = await store.check('enwiki', history.pageId, history.finalDigest)
    claim(isInStep === isSame(held?.copy ?? [], history.states.at(-1)?.chunks ?? []), 'check tells', last)
    claim(isInStep || !isLastDelivered, 'a page whose last change came is in step', last)
    if (held === undefined) continue
    const { after } = await persistently(() => store.refresh(held.page))
    claim(isSame(after?.copy, history.states.at(-1)?.chunks), 'refresh leads to the last state', last)
    claim(isIndexed(index, after as typeof held), 'so does the index', last)
  }
  return wiki.fetches
}

async function checkTextCopies(
  histories: readonly PageHistory[],
  delivery: readonly Delivered[],
  random: () => number,
) {
  const wiki = wikiOf(histories, random)
  const copies = new TextCopies({ fetchPage: wiki.fetchPage })
  for (const delivered of delivery) {
    const { history } = delivered
    const { after } = await persistently(() =>
      copies.apply(history.changes[delivered.index] as (typeof history.changes)[number]),
    )
    const state = history.states.find((it) => it.revisionId === after?.revisionId && it.text !== undefined)
    const expected = after?.state === 'held' ? state?.text : ''
    claim(after?.copy === expected, 'the text is that of the revision', delivered)
  }
  for (const history of histories) {
    const last = { history, index: history.changes.length - 1 }
    if (!delivery.some((it) => it.history === history && it.index === last.index)) continue
    const text = history.states.at(-1)?.text ?? ''
    claim(await copies.check('enwiki', history.pageId, textDigest(text)), 'the last text is held', last)
  }
}

const inOrder = (histories: readonly PageHistory[]): readonly Delivered[] =>
  histories.flatMap((history) => history.changes.map((_, index) => ({ history, index })))

describe.skipIf(!hasRealHistories).each(['webplatform-docs', 'reactjs-ar'] as const)(
  'over every page history of %s',
  (file) => {
    const histories = hasRealHistories ? realHistories(file) : []

    it('an undisturbed stream needs no page fetched, and leads to the chunks of every revision', async () => {
      const fetches = await checkChunkStore(histories, inOrder(histories), seeded(1))
      // The pages are only fetched by `refresh` at the end.
      expect(fetches).toBe(histories.length)
    })

    it.each([1, 2])(
      'chunks: joined midway, dropped, repeated, reordered: all repaired (seed %i)',
      async (seed) => {
        const random = seeded(seed)
        await checkChunkStore(histories, disturbedDelivery(histories, random), random)
      },
    )

    it('texts: joined midway, dropped, repeated, reordered: all repaired', async () => {
      const random = seeded(3)
      await checkTextCopies(histories, disturbedDelivery(histories, random), random)
    })
  },
)

describe('over generated histories', () => {
  /** Any change of any page, any number of times, in any order. */
  const disturbed = generatedHistories.chain((histories) => {
    const all = inOrder(histories)
    const delivery = all.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...all), { maxLength: 60 })
    return fc.record({ histories: fc.constant(histories), delivery, seed: fc.nat() })
  })

  it('an undisturbed stream leads to the chunks of every revision', async () => {
    await fc.assert(
      fc.asyncProperty(generatedHistories, fc.nat(), async (histories, seed) => {
        await checkChunkStore(histories, inOrder(histories), seeded(seed))
      }),
    )
  })

  it('chunks: whatever comes in whatever order, the store holds exactly one revision, and ends at the last', async () => {
    await fc.assert(
      fc.asyncProperty(disturbed, ({ histories, delivery, seed }) =>
        checkChunkStore(histories, delivery, seeded(seed)).then(() => undefined),
      ),
      { numRuns: 500 },
    )
  })

  it('texts: the same', async () => {
    await fc.assert(
      fc.asyncProperty(disturbed, ({ histories, delivery, seed }) =>
        checkTextCopies(histories, delivery, seeded(seed)),
      ),
      { numRuns: 500 },
    )
  })
})
