import { existsSync } from 'node:fs'
import { completeEdit, type Edit, editInputSchema } from '@freshet/events'
import { describe, expect, it } from 'vitest'
import { sha1Base36 } from './sha1-base36.ts'
import { webplatformEdits } from './webplatform-edits.ts'
import { WEBPLATFORM_FIXTURE_PATH } from './webplatform-fixture.ts'
import { WEBPLATFORM_DATA_PATH } from './webplatform-row.ts'

describe('edits of a history like that of WebPlatform', () => {
  it('come in order of revision id, a deletion after the revision whose id it shares', async () => {
    const edits = await editsOf(WEBPLATFORM_FIXTURE_PATH)

    expect(
      edits.map(({ kind, page, revision }) => [kind, page.id, revision?.id, revision?.parentId]),
    ).toEqual([
      ['create', 1, 10, 0],
      ['create', 2, 11, 0],
      ['edit', 1, 12, 10],
      ['create', 3, 20, 0],
      ['edit', 3, 21, 20],
      ['delete', 3, 21, 20],
      ['create', 4, 40, 0],
      ['delete', 4, 40, 0],
      ['create', 5, 42, 0],
      ['delete', 5, 42, 0],
      ['edit', 1, 50, 12],
    ])
  })

  it('carry their text to the byte, with size, digest and the size before', async () => {
    const edit = (await editsOf(WEBPLATFORM_FIXTURE_PATH))[2]

    expect(edit?.text).toBe('Rock roses like sun\u2028and chalk — and little rain.\n')
    expect(edit?.revision?.sizeBytes).toBe(53)
    expect(edit?.revision?.sha1).toBe(sha1Base36(edit?.text ?? ''))
    expect(edit?.priorRevision).toMatchObject({ id: 10, sizeBytes: 20 })
  })

  it('take title and language from the path', async () => {
    const [english, japanese] = await editsOf(WEBPLATFORM_FIXTURE_PATH)

    expect([english?.page.title, english?.language]).toEqual(['garden/Rock roses', 'en'])
    expect([japanese?.page.title, japanese?.language]).toEqual(['garden/Rock roses/ja', 'ja'])
  })

  it('tell people from IP addresses, keep times in UTC and mark redirects', async () => {
    const edits = await editsOf(WEBPLATFORM_FIXTURE_PATH)

    expect(edits[0]?.performer).toMatchObject({ kind: 'registered', name: 'Fern' })
    expect(edits[2]?.performer).toMatchObject({ kind: 'anonymous', name: '192.0.2.7' })
    expect(edits[2]?.editedAt).toBe('2013-04-02T06:00:00Z')
    expect(edits[6]?.page).toMatchObject({ isRedirect: true, redirectTarget: 'garden/Rock roses' })
  })

  it('give the reason of a deletion, and no text', async () => {
    const deletion = (await editsOf(WEBPLATFORM_FIXTURE_PATH))[5]

    expect(deletion).toMatchObject({ comment: 'duplicate', text: null, page: { revisionCount: 2 } })
    expect(deletion?.revision?.comment).toBe('to be deleted')
  })

  it('have an id each, also two deletions of one title in one second', async () => {
    const edits = await editsOf(WEBPLATFORM_FIXTURE_PATH)

    expect(new Set(edits.map(({ id }) => id)).size).toBe(edits.length)
  })
})

describe.skipIf(!existsSync(WEBPLATFORM_DATA_PATH))(
  'edits of the WebPlatform history (real data)',
  async () => {
    const edits = existsSync(WEBPLATFORM_DATA_PATH) ? await editsOf(WEBPLATFORM_DATA_PATH) : []

    it('are all there, valid, each with its own id', () => {
      expect(edits).toHaveLength(4_809)
      expect(new Set(edits.map(({ id }) => id)).size).toBe(4_809)
      expect(new Set(edits.map(({ page }) => page.title)).size).toBe(393)
      expect(new Set(edits.map(({ page }) => page.id)).size).toBe(405)
    })

    it('tell each page from its creation to its deletion, each revision on top of the one before', () => {
      const pages = Map.groupBy(edits, ({ page }) => page.id)
      for (const [first, ...others] of pages.values()) {
        expect(first?.kind).toBe('create')
        let latest = first?.revision
        for (const [index, edit] of others.entries()) {
          if (edit.kind === 'delete') {
            expect(index).toBe(others.length - 1)
            expect(edit.revision?.id).toBe(latest?.id)
          } else {
            expect(edit.kind).toBe('edit')
            expect(edit.revision?.parentId).toBe(latest?.id)
            expect(edit.revision?.id).toBeGreaterThan(latest?.id ?? 0)
            expect(edit.priorRevision?.sha1).toBe(latest?.sha1)
            latest = edit.revision
          }
        }
      }
    })
  },
)

async function editsOf(inputPath: string): Promise<Edit[]> {
  const inputs = await Array.fromAsync(webplatformEdits(inputPath))
  return inputs.map((input) => completeEdit(editInputSchema.parse(input)))
}
