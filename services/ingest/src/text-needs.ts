import type { Edit, TextUnavailableReason } from '@freshet/events'
import type { KeptText, RevisionRequest, TextResult } from './revision-texts/revision-texts.ts'

/** How to come by one side of an edit: known from the edit alone, or to be asked for. */
export type TextNeed =
  | { readonly type: 'known'; readonly result: TextResult }
  | { readonly type: 'wanted'; readonly request: RevisionRequest }

export interface TextNeeds {
  readonly base: TextNeed
  readonly text: TextNeed
}

/**
 * Which texts an edit is the difference of.
 *
 * A new page, and one that came back from deletion, differs from the empty text. A deletion leaves no text, and a
 * change of visibility does not touch it. Hidden text is never asked for.
 */
export function textNeedsOf(edit: Edit): TextNeeds {
  switch (edit.kind) {
    case 'delete':
      return both('page_deleted')
    case 'visibility_change':
      return both('no_new_revision')
    case 'create':
    case 'undelete':
      return { base: EMPTY, text: newTextOf(edit) }
    case 'edit':
    case 'move':
      return { base: baseOf(edit), text: newTextOf(edit) }
  }
}

/** What has to be asked for, by the key of the revision: each once. */
export function requestsOf(edits: readonly Edit[]): ReadonlyMap<string, RevisionRequest> {
  const requests = new Map<string, RevisionRequest>()
  for (const edit of edits) {
    const { base, text } = textNeedsOf(edit)
    for (const need of [base, text]) {
      if (need.type === 'wanted') requests.set(revisionKey(edit.wiki, need.request.revisionId), need.request)
    }
  }
  return requests
}

/** Texts that come with their edits, where they may be seen. */
export function carriedTextsOf(edits: readonly Edit[]): readonly KeptText[] {
  return edits.flatMap(({ wiki, revision, text }) =>
    revision?.isContentVisible && text !== null ? [{ wiki, revisionId: revision.id, text }] : [],
  )
}

export function revisionKey(wiki: string, revisionId: number): string {
  return `${wiki}:${revisionId}`
}

const EMPTY: TextNeed = { type: 'known', result: { status: 'available', text: '' } }

function newTextOf(edit: Edit): TextNeed {
  if (edit.revision?.isContentVisible === false) return missing('suppressed')
  if (edit.text !== null) return { type: 'known', result: { status: 'available', text: edit.text } }
  if (edit.revision === null) return missing('revision_unknown')
  return wanted(edit, edit.revision.id, mainSlotSha1Of(edit.revision))
}

function baseOf(edit: Edit): TextNeed {
  if (edit.priorRevision?.isContentVisible === false) return missing('suppressed')
  const parentId = edit.revision?.parentId ?? null
  if (parentId === null) return missing('revision_unknown')
  if (parentId === 0) return EMPTY
  const isPrior = edit.priorRevision?.id === parentId
  return wanted(edit, parentId, isPrior ? mainSlotSha1Of(edit.priorRevision) : undefined)
}

/** The digest of the text alone; a revision's own is over all slots, so it serves only where there is known to be one. */
function mainSlotSha1Of(revision: Edit['revision'] | Edit['priorRevision']): string | undefined {
  const slots = revision?.slots ?? {}
  if (slots.main?.sha1) return slots.main.sha1
  const hasOneSlot = Object.keys(slots).length === 1
  return hasOneSlot ? (revision?.sha1 ?? undefined) : undefined
}

function wanted(edit: Edit, revisionId: number, sha1: string | undefined): TextNeed {
  return {
    type: 'wanted',
    request: { wiki: edit.wiki, domain: edit.domain ?? undefined, revisionId, sha1 },
  }
}

function missing(reason: TextUnavailableReason): TextNeed {
  return { type: 'known', result: { status: 'unavailable', reason } }
}

function both(reason: TextUnavailableReason): TextNeeds {
  return { base: missing(reason), text: missing(reason) }
}
