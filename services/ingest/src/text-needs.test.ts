import { completeEdit, type EditInput, editInputSchema } from '@freshet/events'
import { describe, expect, it } from 'vitest'
import { textNeedsOf } from './text-needs.ts'

function edit(input: Partial<EditInput>) {
  const whole: EditInput = {
    kind: 'edit',
    wiki: 'testwiki',
    domain: 'test.example.org',
    page: { id: 7, title: 'Rain', namespace: 0 },
    revision: { id: 12, parentId: 11 },
    editedAt: '2026-01-02T03:04:05Z',
    ...input,
  }
  return completeEdit(editInputSchema.parse(whole))
}

const request = (revisionId: number, sha1?: string) => ({
  type: 'wanted',
  request: { wiki: 'testwiki', domain: 'test.example.org', revisionId, sha1 },
})
const known = (text: string) => ({ type: 'known', result: { status: 'available', text } })
const missing = (reason: string) => ({ type: 'known', result: { status: 'unavailable', reason } })

describe('the texts that an edit needs', () => {
  it('are its revision and the one before', () => {
    expect(textNeedsOf(edit({}))).toEqual({ base: request(11), text: request(12) })
  })

  it('are not asked for when the edit carries them', () => {
    expect(textNeedsOf(edit({ text: 'Rain falls.' })).text).toEqual(known('Rain falls.'))
  })

  it('begin with the empty text for a page that is new, or back from deletion', () => {
    expect(textNeedsOf(edit({ kind: 'create' })).base).toEqual(known(''))
    expect(textNeedsOf(edit({ kind: 'undelete' })).base).toEqual(known(''))
    expect(textNeedsOf(edit({ revision: { id: 12, parentId: 0 } })).base).toEqual(known(''))
  })

  it('are none after a deletion, or when only the visibility changed', () => {
    expect(textNeedsOf(edit({ kind: 'delete' })).text).toEqual(missing('page_deleted'))
    expect(textNeedsOf(edit({ kind: 'visibility_change' })).text).toEqual(missing('no_new_revision'))
  })

  it('are never asked for when they are hidden, and not used when carried all the same', () => {
    const hidden = edit({ text: 'secret', revision: { id: 12, parentId: 11, isContentVisible: false } })
    expect(textNeedsOf(hidden).text).toEqual(missing('suppressed'))
    const hiddenBase = edit({ priorRevision: { id: 11, isContentVisible: false } })
    expect(textNeedsOf(hiddenBase).base).toEqual(missing('suppressed'))
  })

  it('say so when the source does not tell which revision it is', () => {
    const needs = textNeedsOf(edit({ revision: null }))
    expect(needs).toEqual({ base: missing('revision_unknown'), text: missing('revision_unknown') })
    expect(textNeedsOf(edit({ revision: { id: 12 } })).base).toEqual(missing('revision_unknown'))
  })

  it('are checked by the digest of the main slot, never by that of several slots together', () => {
    const main = { model: 'wikitext', sha1: 'mainsha' }
    const other = { model: 'wikibase-mediainfo', sha1: 'othersha' }
    const slots = (slots: Record<string, typeof main>) => edit({ revision: { id: 12, sha1: 'all', slots } })
    expect(textNeedsOf(slots({ main, mediainfo: other })).text).toEqual(request(12, 'mainsha'))
    expect(textNeedsOf(edit({ revision: { id: 12, sha1: 'all' } })).text).toEqual(request(12))
  })
})
