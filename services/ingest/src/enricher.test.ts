import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChangeLog, InMemoryChangeLog } from '@freshet/change-log'
import { applyDiff, type TextDiff } from '@freshet/diff'
import { CHANGES_TOPIC, type Core, completeEdit, type EditInput, editInputSchema } from '@freshet/events'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ChangeIndex } from './change-index.ts'
import { editRecord } from './edit-record.ts'
import { Enricher } from './enricher.ts'
import { PartMaker } from './parts/part-maker.ts'
import { InMemoryRevisionTexts } from './revision-texts/in-memory-revision-texts.ts'
import { StoredRevisionTexts } from './revision-texts/stored-revision-texts.ts'
import { TextStore } from './revision-texts/text-store.ts'
import { topicSpecs } from './topics.ts'

const HOUR_MS = 3_600_000
const RECEIVED_AT = '2026-01-02T03:04:06.000Z'

/** The tests look at parts that are there; where one is not, the assertion fails. */
type Change = Core & { readonly diff: TextDiff; readonly patch: string; readonly wikitext: string }

let directory: string
let log: ChangeLog
let wiki: InMemoryRevisionTexts
let texts: StoredRevisionTexts
let index: ChangeIndex
let parts: PartMaker

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'freshet-enricher-'))
  log = new InMemoryChangeLog()
  await log.ensureTopics(
    topicSpecs({
      partitions: 3,
      editsRetentionMs: HOUR_MS,
      changesRetentionMs: HOUR_MS,
      changesRetentionBytes: 1024 ** 3,
      deadLettersRetentionMs: HOUR_MS,
    }),
  )
  wiki = new InMemoryRevisionTexts()
  const store = new TextStore({
    path: join(directory, 'texts.sqlite'),
    bytesMax: 16 * 1024 ** 2,
    logger: pino({ level: 'silent' }),
  })
  texts = new StoredRevisionTexts({ store, upstream: wiki })
  index = new ChangeIndex(log, join(directory, 'index.sqlite'))
  parts = new PartMaker({ parts: ['diff', 'patch', 'wikitext'], threads: 1, deadlineMs: 20_000 })
})

afterEach(async () => {
  await parts[Symbol.asyncDispose]()
  index[Symbol.dispose]()
  await texts[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true })
})

function edit(revisionId: number, input: Partial<EditInput> = {}) {
  return completeEdit(
    editInputSchema.parse({
      kind: 'edit',
      wiki: 'testwiki',
      domain: 'test.example.org',
      page: { id: 7, title: 'Rain', namespace: 0 },
      revision: { id: revisionId, parentId: revisionId - 1 },
      editedAt: '2026-01-02T03:04:05Z',
      ...input,
    }),
  )
}

async function take(...edits: ReturnType<typeof edit>[]) {
  await log.append(edits.map((one) => editRecord(one, RECEIVED_AT)))
}

/** Runs an enricher until `changes` holds so many; then everything that is there. */
async function changesOnce(count: number, enricher = new Enricher({ log, texts, index, parts })) {
  const stop = new AbortController()
  const running = enricher.run(stop.signal)
  await vi.waitFor(async () => expect((await allChanges()).length).toBeGreaterThanOrEqual(count), 20_000)
  stop.abort()
  await running
  return allChanges()
}

async function allChanges() {
  const bounds = await log.bounds(CHANGES_TOPIC)
  let missing = bounds.reduce((sum, { end }) => sum + Number(end), 0)
  const changes: Change[] = []
  if (missing === 0) return changes
  const done = new AbortController()
  const from = bounds.map(() => 0n)
  for await (const batch of log.read({ topic: CHANGES_TOPIC, from, batchBytesMax: 1, signal: done.signal })) {
    for (const { value } of batch.records) changes.push(JSON.parse(Buffer.from(value ?? []).toString()))
    missing -= batch.records.length
    if (missing === 0) done.abort()
  }
  return changes
}

describe('the enricher', () => {
  it('makes of each edit one change whose diff turns the text before into the text after', async () => {
    wiki.put('testwiki', 10, 'Rain falls.\n')
    await take(edit(11, { text: 'Rain falls down.\n' }), edit(12, { text: 'Rain falls down.\nAlways.\n' }))
    const [first, second] = (await changesOnce(2)) as [Change, Change]
    expect(first).toMatchObject({
      id: 'testwiki:11',
      times: { received: RECEIVED_AT },
      wikitext: 'Rain falls down.\n',
    })
    expect(applyDiff('Rain falls.\n', first.diff)).toBe('Rain falls down.\n')
    expect(applyDiff(first.wikitext, second.diff)).toBe('Rain falls down.\nAlways.\n')
    expect(second.patch).toContain('+Always.')
  })

  it('fetches what an edit does not carry, and keeps it as the base of the next', async () => {
    wiki.put('testwiki', 11, 'one')
    wiki.put('testwiki', 12, 'two')
    await take(edit(12))
    const [change] = await changesOnce(1)
    expect(change?.wikitext).toBe('two')
    wiki.withhold('testwiki', 12, 'temporarily_unavailable')
    await take(edit(13, { text: 'three' }))
    expect(applyDiff('two', ((await changesOnce(2))[1] as Change).diff)).toBe('three')
  })

  it('drops an edit that was taken in before: in the same batch, later, and after a restart', async () => {
    const one = edit(11, { text: 'one' })
    await take(one, one)
    await changesOnce(1)
    await take(one)
    index[Symbol.dispose]()
    index = new ChangeIndex(log, join(directory, 'index.sqlite'))
    await take(one, edit(12, { text: 'two' }))
    expect((await changesOnce(2)).map(({ id }) => id)).toEqual(['testwiki:11', 'testwiki:12'])
  })

  it('rebuilds the index of changes from the log when it is lost', async () => {
    await take(edit(11, { text: 'one' }))
    await changesOnce(1)
    index[Symbol.dispose]()
    rmSync(join(directory, 'index.sqlite'))
    index = new ChangeIndex(log, join(directory, 'index.sqlite'))
    await take(edit(11, { text: 'one' }), edit(12, { text: 'two' }))
    expect((await changesOnce(2)).map(({ id }) => id)).toEqual(['testwiki:11', 'testwiki:12'])
  })

  it('handles the same edits again when the transaction failed, and publishes them once', async () => {
    await take(edit(11, { text: 'one' }))
    const handler = vi.spyOn(texts, 'get').mockRejectedValueOnce(new Error('broken'))
    const stop = new AbortController()
    await expect(new Enricher({ log, texts, index, parts }).run(stop.signal)).rejects.toThrow('broken')
    expect(handler).toHaveBeenCalled()
    expect((await changesOnce(1)).length).toBe(1)
  })

  it('says in each part which text was missing, and why', async () => {
    wiki.withhold('testwiki', 10, 'suppressed')
    await take(
      edit(11, { text: 'one' }),
      edit(12, { kind: 'delete' }),
      edit(13, { revision: null }),
      edit(14, { revision: { id: 14, parentId: 13, isContentVisible: false } }),
    )
    const [noBase, deleted, unknown, hidden] = await changesOnce(4)
    const unavailable = (revision: string, reason: string) => ({ unavailable: { revision, reason } })
    expect(noBase).toMatchObject({ diff: unavailable('base', 'suppressed'), wikitext: 'one' })
    expect(deleted?.diff).toEqual(unavailable('new', 'page_deleted'))
    expect(unknown?.patch).toEqual(unavailable('new', 'revision_unknown'))
    expect(hidden?.wikitext).toEqual(unavailable('new', 'suppressed'))
  })

  it('does not use a text as a base once it was hidden, also when both come at once', async () => {
    const hide = edit(11, { kind: 'visibility_change', revision: { id: 11, isContentVisible: false } })
    await take(edit(11, { kind: 'create', text: 'a secret' }), hide, edit(12, { text: 'no secret' }))
    const [, , after] = await changesOnce(3)
    expect(JSON.stringify(after)).not.toContain('a secret')
    wiki.withhold('testwiki', 11, 'suppressed')
    await take(edit(13, { revision: { id: 13, parentId: 11 }, text: 'more' }))
    expect((await changesOnce(4))[3]?.diff).toEqual({
      unavailable: { revision: 'base', reason: 'suppressed' },
    })
  })

  describe('while more edits wait than it handles at a time', () => {
    it('asks for each text and works out each part once, ahead of its turn', async () => {
      const revisions = Array.from({ length: 300 }, (_, index) => 1_000 + index)
      for (const id of [999, ...revisions]) wiki.put('testwiki', id, `text ${id}\n`)
      await take(...revisions.map((id) => edit(id)))
      const get = vi.spyOn(texts, 'get')
      const make = vi.spyOn(parts, 'make')
      const changes = await changesOnce(300)
      expect(changes.map(({ wikitext }) => wikitext)).toEqual(revisions.map((id) => `text ${id}\n`))
      for (const [index, { diff }] of changes.entries()) {
        expect(applyDiff(`text ${999 + index}\n`, diff)).toBe(`text ${1_000 + index}\n`)
      }
      expect(get.mock.calls.map(([requests]) => requests.length).filter((count) => count > 0)).toEqual([
        201, 101,
      ])
      expect(make).toHaveBeenCalledTimes(300)
    })

    it('does not use a text that is hidden before its turn comes', async () => {
      await take(edit(11, { kind: 'create', text: 'a secret' }))
      await changesOnce(1)
      const others = Array.from({ length: 200 }, (_, index) =>
        edit(1_000 + index, { kind: 'create', text: 'other' }),
      )
      const hide = edit(11, { kind: 'visibility_change', revision: { id: 11, isContentVisible: false } })
      await take(...others, hide, edit(12, { text: 'no secret' }))
      const after = (await changesOnce(203)).at(-1)
      expect(after).toMatchObject({ wikitext: 'no secret' })
      expect(after?.diff).toEqual({ unavailable: { revision: 'base', reason: 'suppressed' } })
    })
  })

  it('names the revisions that a revert undoes, within a batch and across a restart', async () => {
    const texts = ['good', 'good and better', 'vandalised', 'worse', 'good and better', 'good']
    const edits = texts.map((text, index) =>
      edit(11 + index, { kind: index === 0 ? 'create' : 'edit', text }),
    )
    await take(...edits.slice(0, 5))
    await changesOnce(5)
    index[Symbol.dispose]()
    rmSync(join(directory, 'index.sqlite'))
    index = new ChangeIndex(log, join(directory, 'index.sqlite'))
    await take(...edits.slice(5), edit(17, { text: 'good' }))
    const reverts = (await changesOnce(7)).map(({ revert }) => revert)
    const undone = (ids: number[], restoredRevisionId: number) => ({
      method: null,
      revertedRevisionIds: ids,
      isExact: true,
      restoredRevisionId,
    })
    expect(reverts).toEqual([
      null,
      null,
      null,
      null,
      undone([13, 14], 12),
      undone([12, 13, 14, 15], 11),
      null,
    ])
  })

  it('leaves out parts that would make the change too large for the log', async () => {
    const text = '\u0001'.repeat(2 * 1024 * 1024)
    await take(edit(11, { kind: 'create', text }))
    const [change] = await changesOnce(1)
    const parts = [change?.diff, change?.patch, change?.wikitext]
    expect(parts).toContainEqual({ unavailable: { revision: 'new', reason: 'too_large' } })
    expect(change?.id).toBe('testwiki:11')
  })
})
