import { diffTexts, unifiedPatch } from '@freshet/diff'
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
  const names = { oldName: patchName('a', edit), newName: patchName('b', edit) }
  return new Map([
    ['diff', JSON.stringify(diffTexts(base.text, text.text))],
    ['patch', JSON.stringify(unifiedPatch(base.text, text.text, names))],
    ['wikitext', wikitext],
  ])
}

function unavailable(revision: 'new' | 'base', reason: TextUnavailableReason): string {
  return JSON.stringify({ unavailable: { revision, reason } } satisfies Unavailable)
}

/** Git's way of naming the two sides; the page's identity rather than its title, which a file name cannot always hold. */
function patchName(side: 'a' | 'b', edit: Edit): string {
  return `${side}/${edit.wiki}/${edit.page.id ?? 'unknown'}.wiki`
}
