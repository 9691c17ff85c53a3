import { completeEdit, type EditInput, editInputSchema } from '@freshet/events'
import { describe, expect, it } from 'vitest'
import { contentModelOf } from './content-model.ts'

function model(title: string, namespace: number, input: Partial<EditInput> = {}) {
  const edit = {
    kind: 'edit',
    wiki: 'enwiki',
    page: { title, namespace },
    editedAt: '2026-01-02T03:04:05Z',
    ...input,
  }
  return contentModelOf(completeEdit(editInputSchema.parse(edit)))
}

describe('the content model', () => {
  it('is what the source tells', () => {
    expect(model('Rain', 0, { revision: { id: 1, contentModel: 'json' } })).toBe('json')
    const slots = { main: { model: 'css' } }
    expect(model('Rain', 0, { revision: { id: 1, contentModel: 'wikitext', slots } })).toBe('css')
  })

  it('is otherwise what MediaWiki takes by default', () => {
    expect(model('Rain', 0)).toBe('wikitext')
    expect(model('Module:Rain', 828)).toBe('Scribunto')
    expect(model('Module:Rain/doc', 828)).toBe('wikitext')
    expect(model('User:Ada/common.js', 2)).toBe('javascript')
    expect(model('MediaWiki:Common.css', 8)).toBe('css')
    expect(model('Node.js', 0)).toBe('wikitext')
    expect(model('Q42', 0, { wiki: 'wikidatawiki' })).toBe('wikibase-item')
  })
})
