import type { ArticleChange } from '../article-change.ts'
import type { HeldPage } from './held-page.ts'

/**
 * Where a change stands to what is held of its page: `same` is the act that was seen last, or one on the same revision in
 * the same second.
 *
 * Revisions are ordered by their ids, which a wiki only counts up, and by who is whose parent. Acts that make no revision
 * (deletion, undeletion, visibility) name the latest, and are ordered by their time.
 */
export type PageOrder = 'newer' | 'same' | 'older'

export function pageOrderOf(change: ArticleChange, held: HeldPage<unknown> | undefined): PageOrder {
  if (held === undefined) return 'newer'
  const byTime = orderOf(actAtMsOf(change), held.actAtMs)
  const revisionId = change.revision?.id
  if (revisionId === undefined || held.revisionId === null) return byTime
  if (revisionId > held.revisionId || isChild(change, held)) return 'newer'
  if (held.state === 'removed' && !LIFTING_KINDS.has(change.kind) && change.kind !== 'delete') return 'older'
  if (revisionId === held.revisionId) return byTime
  // What is undeleted may be an older part of the history.
  return held.state === 'removed' && change.kind === 'undelete' && byTime === 'newer' ? 'newer' : 'older'
}

/** Acts that bring back what was removed. No edit does: its revision would be a new one. */
const LIFTING_KINDS: ReadonlySet<string> = new Set(['undelete', 'visibility_change'])

export function actAtMsOf(change: ArticleChange): number {
  return Date.parse(change.times.edited)
}

/** Imports may number a child below its parent. */
function isChild({ revision }: ArticleChange, { revisionId }: HeldPage<unknown>): boolean {
  return revision?.parentId === revisionId && revision?.id !== revisionId
}

function orderOf(ms: number, heldMs: number): PageOrder {
  if (ms === heldMs) return 'same'
  return ms > heldMs ? 'newer' : 'older'
}
