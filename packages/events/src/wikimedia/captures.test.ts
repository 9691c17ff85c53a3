import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { editSchema } from '../edit.ts'
import { editFromWikimediaEvent } from './wikimedia-event.ts'

/** Events of real wikis, which are no part of the repository. */
const DATA_FOLDER = path.join(import.meta.dirname, '../../../../../shared/data')

describe.skipIf(!existsSync(DATA_FOLDER))('events as Wikimedia sent them (../shared/data)', () => {
  it.for(['wikibase', 'mediainfo'])('maps every page_change event of %s', (folder) => {
    const names = readdirSync(path.join(DATA_FOLDER, 'page_change_events', folder))
    for (const name of names) {
      const event = JSON.parse(
        readFileSync(path.join(DATA_FOLDER, 'page_change_events', folder, name), 'utf8'),
      )
      const mapped = editFromWikimediaEvent(event)
      expect(mapped.type, name).toBe('edit')
      if (mapped.type !== 'edit') continue
      expect(editSchema.parse(mapped.edit)).toEqual(mapped.edit)
      expect(mapped.edit).toMatchObject({
        kind: event.page_change_kind,
        wiki: event.wiki_id,
        page: { id: event.page.page_id },
        revision: { id: event.revision.rev_id },
      })
    }
  })

  it('maps a revision id over 2^31', () => {
    const file = path.join(DATA_FOLDER, 'event-stream-sdk-testdata/page-change-large-revid.json')
    const { data } = JSON.parse(readFileSync(file, 'utf8'))
    // The test event of that library is cut down; what makes it a page change is put back.
    const event = { ...data, $schema: '/mediawiki/page/change/1.0.0', wiki_id: 'enwiki', dt: data.meta.dt }
    const mapped = editFromWikimediaEvent({ ...event, page_change_kind: 'move' })
    expect(mapped).toMatchObject({ edit: { id: 'enwiki:5000000000', revision: { id: 5_000_000_000 } } })
  })

  it.for(['page-change.json', 'page-create.json', 'revision-create.json'])(
    'maps the events of %s',
    (name) => {
      const file = path.join(DATA_FOLDER, 'event-stream-sdk-testdata', name)
      const events: object[] = [JSON.parse(readFileSync(file, 'utf8'))].flat()
      for (const event of events) {
        expect(editFromWikimediaEvent('data' in event ? event.data : event).type).toBe('edit')
      }
    },
  )

  it.for([
    ['recentchange.sse.gz', 1_006],
    ['page-create.sse.gz', 41],
    ['revision-create-2021-09-30.sse.gz', 66],
  ] as const)('maps every event of %s, each to an id of its own', ([name, edits]) => {
    const capture = gunzipSync(readFileSync(path.join(DATA_FOLDER, name))).toString()
    const events = capture.split('\n').filter((line) => line.startsWith('data: '))
    const mapped = events.map((line) => editFromWikimediaEvent(JSON.parse(line.slice('data: '.length))))
    const ids = mapped.flatMap((it) => (it.type === 'edit' ? [it.edit.id] : []))
    expect(ids).toHaveLength(edits)
    expect(new Set(ids).size).toBe(edits)
  })
})
