import { describe, expect, it } from 'vitest'
import { completeEdit, type EditInput, editInputSchema, editSchema, TEXT_BYTES_MAX } from './edit.ts'
import { JSON_SCHEMAS } from './json-schemas.ts'
import { partitionKeyOf } from './partition-key.ts'
import { wikiSiteOf } from './wiki-site.ts'

const INPUT: EditInput = {
  kind: 'edit',
  wiki: 'enwiki',
  domain: 'en.wikipedia.org',
  page: { id: 7, title: 'A', namespace: 0 },
  revision: { id: 5_000_000_000 },
  editedAt: '2026-03-04T05:06:07Z',
}

describe('the edit that may be posted', () => {
  it('needs little, and everything else is unknown', () => {
    const edit = completeEdit(editInputSchema.parse(INPUT))
    expect(editSchema.parse(edit)).toEqual(edit)
    expect(edit).toMatchObject({
      id: 'enwiki:5000000000',
      project: 'wikipedia',
      language: 'en',
      performer: null,
      text: null,
      revision: { parentId: null, isContentVisible: true },
    })
  })

  it('keeps the project and language that it is given', () => {
    const input = editInputSchema.parse({ ...INPUT, project: 'books', language: 'nl' })
    expect(completeEdit(input)).toMatchObject({ project: 'books', language: 'nl' })
  })

  it.for([
    [{ kind: 'erase' }, 'kind'],
    [{ wiki: 'EN wiki' }, 'wiki'],
    [{ wiki: undefined }, 'wiki'],
    [{ domain: 'not a host' }, 'domain'],
    [{ page: { title: '', namespace: 0 } }, 'page.title'],
    [{ page: { title: 'A\u0000', namespace: 0 } }, 'page.title'],
    [{ page: { title: 'A', namespace: 0.5 } }, 'page.namespace'],
    [{ page: { title: 'A', namespace: 2 ** 31 } }, 'page.namespace'],
    [{ page: { title: 'A', namespace: 0, item: 'P31' } }, 'page.item'],
    [{ page: { title: 'A', namespace: 0, id: -1 } }, 'page.id'],
    [{ revision: { id: 2 ** 53 } }, 'revision.id'],
    [{ revision: { id: 1.5 } }, 'revision.id'],
    [{ revision: { id: 1, sizeBytes: 2 ** 31 } }, 'revision.sizeBytes'],
    [{ priorRevision: { sizeBytes: 2 ** 31 } }, 'priorRevision.sizeBytes'],
    [{ revision: { id: 1, tags: Array.from({ length: 1_001 }, () => 'a') } }, 'revision.tags'],
    [{ performer: { kind: 'human', name: 'A' } }, 'performer.kind'],
    [{ comment: '\udc00' }, 'comment'],
    [{ text: '\ud800' }, 'text'],
    [{ text: 'ß'.repeat(TEXT_BYTES_MAX / 2 + 1) }, 'text'],
    [{ editedAt: '2026-03-04' }, 'editedAt'],
    [{ editedAt: 1_770_000_000 }, 'editedAt'],
    [{ license: { spdx: 'CC-BY-SA-4.0', url: 'somewhere' } }, 'license.url'],
    [{ nonsense: 1 }, ''],
  ] as const)('is refused with the field that is wrong (case %#: %s)', ([more, field]) => {
    const parsed = editInputSchema.safeParse({ ...INPUT, ...more })
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toContain(field)
  })

  it('takes texts up to the bound', () => {
    expect(editInputSchema.safeParse({ ...INPUT, text: 'x'.repeat(TEXT_BYTES_MAX) }).success).toBe(true)
  })

  it('is published as a JSON Schema', () => {
    expect(JSON_SCHEMAS.edit).toMatchObject({ type: 'object', additionalProperties: false })
    expect(JSON_SCHEMAS.edit.required?.toSorted()).toEqual(['editedAt', 'kind', 'page', 'wiki'])
  })
})

describe('partitionKeyOf', () => {
  it('is the page, whatever it is called', () => {
    const key = partitionKeyOf({ wiki: 'enwiki', page: { id: 5_000_000_000, title: 'A' } })
    expect(key).toBe(partitionKeyOf({ wiki: 'enwiki', page: { id: 5_000_000_000, title: 'B' } }))
    expect(key).not.toBe(partitionKeyOf({ wiki: 'dewiki', page: { id: 5_000_000_000, title: 'A' } }))
  })

  it('is the title where the source does not tell the page', () => {
    expect(partitionKeyOf({ wiki: 'enwiki', page: { id: null, title: 'A' } })).toBe('enwiki:A')
  })
})

describe('wikiSiteOf', () => {
  it.for([
    ['en.wikipedia.org', 'wikipedia', 'en'],
    ['zh-min-nan.wiktionary.org', 'wiktionary', 'zh-min-nan'],
    ['test.wikipedia.org', 'wikipedia', null],
    ['www.wikidata.org', 'wikidata', null],
    ['commons.wikimedia.org', 'commons', null],
    ['www.mediawiki.org', 'mediawiki', null],
    ['docs.example.com', null, null],
    ['a.b.wikipedia.org', null, null],
    ['localhost', null, null],
    [null, null, null],
  ] as const)('tells of %s the project %s and the language %s', ([domain, project, language]) => {
    expect(wikiSiteOf(domain)).toEqual({ project, language })
  })
})
