import { readFile } from 'node:fs/promises'
import { completeEdit, type Edit, editInputSchema, PAGE_CHANGE_KINDS, PERFORMER_KINDS } from '@freshet/events'
import { describe, expect, it } from 'vitest'
import { SAMPLE_WIKI_RECORDING_PATH } from './recording-path.ts'
import { recordingOf, sampleWikiEdits } from './sample-wiki.ts'

const recording = await readFile(SAMPLE_WIKI_RECORDING_PATH, 'utf8')
const edits: readonly Edit[] = recording
  .trimEnd()
  .split('\n')
  .map((line) => completeEdit(editInputSchema.parse(JSON.parse(line))))

describe("the sample wiki's recording", () => {
  it('is what record.ts makes of the stories', async () => {
    expect(recordingOf(await sampleWikiEdits())).toBe(recording)
  })

  it('gives each edit an id of its own', () => {
    expect(new Set(edits.map(({ id }) => id)).size).toBe(edits.length)
  })

  it('lasts about a minute, with one or two edits a second', () => {
    const times = edits.map(({ editedAt }) => Date.parse(editedAt))
    const seconds = times.map((time) => Math.floor((time - (times[0] ?? 0)) / 1_000))

    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(seconds.at(-1)).toBeGreaterThan(60)
    expect(seconds.at(-1)).toBeLessThan(80)
    expect(
      Math.max(
        ...Map.groupBy(seconds, (second) => second)
          .values()
          .map(({ length }) => length),
      ),
    ).toBe(2)
    expect(Math.max(...seconds.slice(1).map((second, index) => second - (seconds[index] ?? 0)))).toBe(2)
  })

  it('shows every kind of change and of performer', () => {
    expect(new Set(edits.map(({ kind }) => kind))).toEqual(new Set(PAGE_CHANGE_KINDS))
    expect(new Set(edits.map(({ performer }) => performer?.kind))).toEqual(new Set(PERFORMER_KINDS))
  })

  it('has a long page, an emptied one, other namespaces and one item in several languages', () => {
    expect(Math.max(...edits.map(({ revision }) => revision?.sizeBytes ?? 0))).toBeGreaterThan(30_000)
    expect(edits.some(({ text }) => text === '')).toBe(true)
    expect(new Set(edits.map(({ page }) => page.namespace))).toEqual(new Set([0, 1, 10]))
    const ofTea = edits.filter(({ page }) => page.item === 'Q6097')
    expect(new Set(ofTea.map(({ language }) => language))).toEqual(new Set(['hi', 'zh']))
  })

  it('puts each revision on top of the one before, with the sizes and ids of both', () => {
    for (const revisions of Map.groupBy(edits.filter(makesRevision), pageOf).values()) {
      for (const [index, edit] of revisions.entries()) {
        const before = revisions[index - 1]
        expect(edit.kind === 'create').toBe(before === undefined)
        expect(edit.revision?.parentId).toBe(before?.revision?.id ?? 0)
        expect(edit.revision?.sizeBytes).toBe(Buffer.byteLength(edit.text ?? 'no text'))
        expect(edit.priorRevision?.sizeBytes).toBe(before?.revision?.sizeBytes)
        expect(edit.priorRevision?.sha1).toBe(before?.revision?.sha1)
      }
    }
  })

  it('names the digest that MediaWiki has for an empty text', () => {
    expect(edits.find(({ text }) => text === '')?.revision?.sha1).toBe('phoiac9h4m842xq45sp7s6u21eteeq1')
  })

  it('brings back exactly what was there, where it reverts', () => {
    const reverts = edits.filter(({ revert }) => revert !== null)

    expect(reverts).toHaveLength(3)
    for (const { wiki, revert, revision, text } of reverts) {
      const restored = edits.find((edit) => edit.id === `${wiki}:${revert?.restoredRevisionId}`)
      expect(text).toBe(restored?.text)
      expect(revision?.sha1).toBe(restored?.revision?.sha1)
      expect(revert?.revertedRevisionIds).toEqual([revision?.parentId])
    }
  })

  it('leaves a redirect behind when it moves an article', () => {
    const move = edits.find(({ kind, createdRedirect }) => kind === 'move' && createdRedirect !== null)
    const redirect = edits.find(({ page }) => page.id === move?.createdRedirect?.id)

    expect(redirect?.page).toMatchObject({ title: move?.priorPage?.title, redirectTarget: move?.page.title })
    expect(move?.text).not.toBe(redirect?.text)
  })

  it('suppresses a text that an earlier edit carried, and tells neither its size nor its digest', () => {
    const hidden = edits.find(({ kind }) => kind === 'visibility_change')

    expect(hidden?.revision).toMatchObject({ isContentVisible: false, sizeBytes: null, sha1: null })
    expect(hidden?.text).toBeNull()
    const before = edits.slice(
      0,
      edits.findIndex(({ id }) => id === hidden?.id),
    )
    expect(before.find(({ id }) => id === `desample:${hidden?.revision?.id}`)?.text).toContain('Musterstraße')
  })

  it('holds no IP addresses but those for documentation', () => {
    const anonymous = edits.filter(({ performer }) => performer?.kind === 'anonymous')
    for (const { performer } of anonymous) expect(performer?.name).toMatch(/^(192\.0\.2\.|2001:db8::)/)
  })
})

function makesRevision({ kind }: Edit): boolean {
  return kind === 'create' || kind === 'edit' || kind === 'move'
}

function pageOf({ wiki, page }: Edit): string {
  return `${wiki} ${page.id}`
}
