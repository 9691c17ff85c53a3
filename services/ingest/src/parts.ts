import { alignTexts, diffOf, patchOf } from '@freshet/diff'
import type { Edit, TextUnavailableReason, Unavailable } from '@freshet/events'
import type { TextResult } from './revision-texts/revision-texts.ts'

/** The parts beside `core`, in the order they lie in an article change. */
export const TEXT_PARTS = ['diff', 'patch', 'wikitext'] as const

/**
 * The parts of an article change as JSON texts, by name. Pure: what the texts are, and why one is missing, was found
 * out before. A part that cannot be made says which revision's text was missing, and why.
 */
export function partsOf(edit: Edit, base: TextResult, text: TextResult): ReadonlyMap<string, string> {
  if (text.status === 'unavailable') {
    const missing = unavailable('new', text.reason)
    return new Map(TEXT_PARTS.map((part) => [part, missing]))
  }
  const wikitext = JSON.stringify(text.text)
  if (base.status === 'unavailable') {
    const missing = unavailable('base', base.reason)
    return new Map([
      ['diff', missing],
      ['patch', missing],
      ['wikitext', wikitext],
    ])
  }
  const alignment = alignTexts(base.text, text.text)
  return new Map([
    ['diff', JSON.stringify(diffOf(alignment))],
    ['patch', JSON.stringify(patchOf(alignment.lines, patchNamesOf(edit)))],
    ['wikitext', wikitext],
  ])
}

function unavailable(revision: 'new' | 'base', reason: TextUnavailableReason): string {
  return JSON.stringify({ unavailable: { revision, reason } } satisfies Unavailable)
}

function patchNamesOf({ kind, page, priorPage }: Edit) {
  const isNew = kind === 'create' || kind === 'undelete'
  return { oldName: isNew ? undefined : (priorPage ?? page).title, newName: page.title }
}
