import { BlockCache } from '@freshet/chunks'
import { describe, expect, it, vi } from 'vitest'
import type { ArticleChange } from '../article-change.ts'
import { PageHistory } from '../testing/page-history.ts'
import type { CopyStep } from './copy-step.ts'
import type { FetchedText } from './fetch-page.ts'
import { TextCopies } from './text-copies.ts'
import { textDigest } from './text-digest.ts'

const LINES = Array.from(
  { length: 40 },
  (_, line) => `Line ${line} of a text about 雨 and 🌧, long enough for a diff.`,
)
const BASE = LINES.join('\n')
const NEXT = BASE.replace('Line 7', 'The seventh line')
const LAST = `${NEXT}\nOne more.`

const history = new PageHistory(
  1,
  'en',
  new BlockCache({ sourceLengthMax: 100_000 }),
  [BASE, NEXT, LAST].map((text) => ({ kind: 'edit', text })),
)
const [created, edited, lengthened] = history.changes as [ArticleChange, ArticleChange, ArticleChange]

async function nothing(): Promise<FetchedText> {
  throw new Error('nothing is to be fetched here')
}

describe('text copies', () => {
  it('follow the diffs byte for byte, and tell of every step before it is stored', async () => {
    const steps: CopyStep<string>[] = []
    const copies = new TextCopies({ fetchPage: nothing, onStep: (step) => steps.push(step) })
    for (const change of history.changes) await copies.apply(change)
    expect('ops' in (edited.diff as object)).toBe(true)
    expect(steps.map(({ outcome, before, after }) => [outcome, before?.copy, after?.copy])).toEqual([
      ['applied', undefined, BASE],
      ['applied', BASE, NEXT],
      ['applied', NEXT, LAST],
    ])
    expect(await copies.check('enwiki', 1, textDigest(LAST))).toBe(true)
  })

  it('fetch the whole text when a diff does not fit', async () => {
    const fetchPage = vi.fn(async () => ({ revisionId: lengthened.revision?.id ?? 0, wikitext: LAST }))
    const copies = new TextCopies({ fetchPage })
    await copies.apply(created)
    expect((await copies.apply(lengthened)).outcome).toBe('repaired')
    expect(fetchPage).toHaveBeenCalledTimes(1)
    expect((await copies.get('enwiki', 1))?.copy).toBe(LAST)
  })

  it('need no base for a replacement', async () => {
    const copies = new TextCopies({ fetchPage: nothing })
    const diff = {
      unit: 'line',
      coarse: false,
      from: { sha256: textDigest('another') },
      to: { sha256: textDigest(BASE) },
    } as const
    expect((await copies.apply({ ...created, diff: { ...diff, replace: BASE } })).outcome).toBe('applied')
    expect((await copies.get('enwiki', 1))?.copy).toBe(BASE)
  })

  it('do not take a replacement that is damaged', async () => {
    const fetchPage = vi.fn(async () => ({ revisionId: created.revision?.id ?? 0, wikitext: BASE }))
    const copies = new TextCopies({ fetchPage })
    const diff = { ...(created.diff as object), replace: 'cut off' } as ArticleChange['diff']
    expect((await copies.apply({ ...created, diff } as ArticleChange)).outcome).toBe('repaired')
    expect((await copies.get('enwiki', 1))?.copy).toBe(BASE)
  })
})
