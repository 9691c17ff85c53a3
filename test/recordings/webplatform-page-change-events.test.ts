import { existsSync } from 'node:fs'
import { completeEdit, type Edit, editFromWikimediaEvent, editInputSchema } from '@freshet/events'
import { describe, expect, it } from 'vitest'
import { sha1Base36 } from './sha1-base36.ts'
import { webplatformEdits } from './webplatform-edits.ts'
import { WEBPLATFORM_FIXTURE_PATH } from './webplatform-fixture.ts'
import { webplatformPageChangeEvents, webplatformTexts } from './webplatform-page-change-events.ts'
import { WEBPLATFORM_DATA_PATH } from './webplatform-row.ts'

describe.each([
  ['a history like that of WebPlatform', WEBPLATFORM_FIXTURE_PATH],
  ['the WebPlatform history (real data)', WEBPLATFORM_DATA_PATH],
])('page_change events of %s', (_name, inputPath) => {
  const itWithData = it.skipIf(!existsSync(inputPath))

  itWithData('mean the same as the edits that carry text', async () => {
    const events = await Array.fromAsync(webplatformPageChangeEvents(inputPath))
    const inputs = await Array.fromAsync(webplatformEdits(inputPath))
    const edits = inputs.map((input) => completeEdit(editInputSchema.parse(input)))

    expect(events.map((event) => essenceOf(mapped(event)))).toEqual(edits.map(essenceOf))
  })

  itWithData(
    'have their texts under the revision ids, with the sizes and digests that they name',
    async () => {
      const texts = await webplatformTexts(inputPath)

      for await (const { revision } of webplatformPageChangeEvents(inputPath)) {
        const text = texts.get(revision.rev_id) ?? 'no such text'
        expect(revision.rev_sha1).toBe(sha1Base36(text))
        expect(revision.content_slots.main.content_size).toBe(Buffer.byteLength(text))
      }
    },
  )

  itWithData('are emitted in order of time, each with its own event id', async () => {
    const metas = (await Array.fromAsync(webplatformPageChangeEvents(inputPath))).map(({ meta }) => meta)

    expect(metas.map(({ dt }) => dt)).toEqual(metas.map(({ dt }) => dt).toSorted())
    expect(new Set(metas.map(({ id }) => id)).size).toBe(metas.length)
  })
})

function mapped(event: unknown): Edit {
  const result = editFromWikimediaEvent(event)
  if (result.type !== 'edit') throw new Error(`an event was skipped: ${result.reason}`)
  return result.edit
}

/** Without what a page_change event does not tell. */
function essenceOf({
  id,
  kind,
  wiki,
  domain,
  page,
  revision,
  priorRevision,
  performer,
  comment,
  editedAt,
}: Edit) {
  return {
    ...{ id, kind, wiki, domain, page, comment, editedAt },
    performer: [performer?.kind, performer?.name],
    revision: [revision?.id, revision?.parentId || 0, revision?.sizeBytes, revision?.sha1, revision?.comment],
    priorRevision: [priorRevision?.id, priorRevision?.sizeBytes, priorRevision?.sha1],
  }
}
