import { completeEdit, type EditInput, editInputSchema } from '@freshet/events'
import { describe, expect, it } from 'vitest'
import { licenseOf, permalinkOf } from './attribution.ts'

function edit(domain: string | null, input: Partial<EditInput> = {}) {
  const page = { id: 1, title: 'Main Page', namespace: 0 }
  const revision = { id: 42 }
  const editedAt = '2026-01-02T03:04:05Z'
  return completeEdit(
    editInputSchema.parse({ kind: 'edit', wiki: 'w', domain, page, revision, editedAt, ...input }),
  )
}

describe('attribution', () => {
  it('names the licence that Wikimedia puts a text under', () => {
    expect(licenseOf(edit('en.wikipedia.org'))?.spdx).toBe('CC-BY-SA-4.0')
    expect(licenseOf(edit('de.wikinews.org'))?.spdx).toBe('CC-BY-4.0')
    expect(licenseOf(edit('www.wikidata.org'))?.spdx).toBe('CC0-1.0')
    expect(licenseOf(edit('www.wikidata.org', { page: { title: 'Talk:Q1', namespace: 1 } }))?.spdx).toBe(
      'CC-BY-SA-4.0',
    )
    expect(licenseOf(edit('commons.wikimedia.org'))?.spdx).toBe('CC-BY-SA-4.0')
  })

  it('claims none for a wiki that it does not know', () => {
    expect(licenseOf(edit('wiki.example.org'))).toBeNull()
    expect(licenseOf(edit(null))).toBeNull()
  })

  it('links to exactly the revision, or to the page where the act made none', () => {
    expect(permalinkOf(edit('en.wikipedia.org'))).toBe('https://en.wikipedia.org/w/index.php?oldid=42')
    expect(permalinkOf(edit('en.wikipedia.org', { revision: null }))).toBe(
      'https://en.wikipedia.org/w/index.php?title=Main_Page',
    )
    expect(permalinkOf(edit(null))).toBeNull()
  })
})
