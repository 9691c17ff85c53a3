import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { applyChunkDelta, type ChunkDelta, chunksOf, readPage } from '@freshet/chunks'
import { applyDiff, type TextDiff } from '@freshet/diff'
import { articleChangeSchema } from '@freshet/events'
import { PARTS } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'
import type { TextResult } from '../revision-texts/revision-texts.ts'
import type { PartEdit } from './part-input.ts'
import { partsOf } from './parts-of.ts'

const REAL_EDITS = new URL('../../../../../shared/data/wikidiff2-revision-pairs.json.gz', import.meta.url)
const parts = PARTS.filter((part) => part !== 'core')
const OLD = "'''Rain''' falls.\n\n== Kinds ==\nDrizzle and {{lang|de|Regen}}.\n\n[[Category:Weather]]\n"
const NEW =
  "'''Rain''' falls down.\n\n== Kinds of rain ==\nDrizzle and {{lang|de|Regen}}.\n\n[[Category:Water]]\n"

/** Of a whole event, those that are not `core`; what is not in the schema is refused. */
const partsSchema = articleChangeSchema
  .pick({
    ...{ diff: true, patch: true, compare: true, sections: true },
    ...{ chunks: true, facts: true, text: true, wikitext: true },
  })
  .strict()

const wikitext: PartEdit = {
  oldTitle: 'Rain',
  newTitle: 'Rain',
  language: 'en',
  contentModel: 'wikitext',
  parentId: 11,
  revisionId: 12,
}
const available = (text: string): TextResult => ({ status: 'available', text })
const missing = (
  reason: 'deleted' | 'suppressed' | 'page_deleted' | 'temporarily_unavailable',
): TextResult => ({
  status: 'unavailable',
  reason,
})

function made(base: TextResult, text: TextResult, edit: PartEdit = wikitext) {
  const json = partsOf({ edit, base, text }, parts, undefined).map(([name, value]) => [
    name,
    JSON.parse(value),
  ])
  const change = Object.fromEntries(json)
  expect(partsSchema.safeParse(change).error?.message).toBeUndefined()
  return change
}

const chunks = (text: string) => chunksOf(readPage(text, { ...wikitext, cache: undefined }))

describe('the parts of a change', () => {
  it('all tell of the same difference', () => {
    const change = made(available(OLD), available(NEW))
    expect(Object.keys(change)).toEqual(parts)
    expect(applyDiff(OLD, change.diff as TextDiff)).toBe(NEW)
    expect(change.patch).toContain('+== Kinds of rain ==')
    expect(change.compare.diff.length).toBeGreaterThan(0)
    expect(change.sections.flatMap(({ changes }: { changes: string[] }) => changes)).toContain('renamed')
    expect(applyChunkDelta(chunks(OLD), change.chunks as ChunkDelta)).toEqual(chunks(NEW))
    expect(change.facts.categories).toMatchObject({ added: ['Water'], removed: ['Weather'] })
    expect(change.text).toContain('Rain falls down.')
    expect(change.wikitext).toBe(NEW)
  })

  it('of a new page start from the empty text', () => {
    const change = made(available(''), available(NEW), { ...wikitext, oldTitle: undefined })
    expect(change.patch).toContain('--- /dev/null')
    expect(applyChunkDelta([], change.chunks as ChunkDelta)).toEqual(chunks(NEW))
  })

  it('stand for themselves where the text before is not known', () => {
    const change = made(missing('deleted'), available(NEW))
    const reason = { unavailable: { revision: 'base', reason: 'deleted' } }
    expect([change.diff, change.patch, change.compare, change.sections]).toEqual([
      reason,
      reason,
      reason,
      reason,
    ])
    expect(applyChunkDelta(chunks('anything else'), change.chunks as ChunkDelta)).toEqual(chunks(NEW))
    expect(change.facts.replace.categories).toEqual(['Water'])
    expect(change.text).toContain('Rain falls down.')
  })

  it.each(['page_deleted', 'suppressed', 'deleted'] as const)(
    'leave no chunk of a text that is %s',
    (reason) => {
      const change = made(missing(reason), missing(reason))
      expect(applyChunkDelta(chunks(OLD), change.chunks as ChunkDelta)).toEqual([])
      expect(change.wikitext).toEqual({ unavailable: { revision: 'new', reason } })
    },
  )

  it('do not take chunks away because a wiki could not be asked', () => {
    const change = made(available(OLD), missing('temporarily_unavailable'))
    expect(change.chunks).toEqual({ unavailable: { revision: 'new', reason: 'temporarily_unavailable' } })
  })

  it('of code and data are the difference and the text, without chunks', () => {
    const change = made(available('return 1\n'), available('return 2\n'), {
      ...wikitext,
      contentModel: 'Scribunto',
    })
    expect(applyDiff('return 1\n', change.diff as TextDiff)).toBe('return 2\n')
    expect(change.sections).toEqual({ unavailable: { revision: 'new', reason: 'not_wikitext' } })
    expect(applyChunkDelta([], change.chunks as ChunkDelta)).toEqual([])
    expect(change.text).toBeNull()
  })

  it.skipIf(!existsSync(REAL_EDITS))('of real edits are what the published schema says', () => {
    const pairs: Record<string, [string, string][]> = JSON.parse(
      gunzipSync(readFileSync(REAL_EDITS)).toString(),
    )
    for (const [language, edits] of Object.entries(pairs)) {
      for (const [base, text] of edits) made(available(base), available(text), { ...wikitext, language })
    }
  })
})
