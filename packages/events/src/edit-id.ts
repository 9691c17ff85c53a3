import { hash } from 'node:crypto'
import type { PageChangeKind } from './edit.ts'

export interface EditIdentity {
  readonly kind: PageChangeKind
  readonly wiki: string
  readonly page: { readonly title: string }
  readonly revision: { readonly id: number } | null
  readonly editedAt: string
}

/**
 * The id of an edit: the same act gives the same id, whichever source tells of it.
 *
 * A revision is made by exactly one act, so creations, edits and moves are named by it: `enwiki:1234`. Acts that make
 * no revision, and those whose source does not tell it (moves and uploads in `recentchange`), are named by what, where
 * and when, to MediaWiki's precision of a second: `enwiki:delete:` and 16 hexadecimal digits. A change of visibility
 * also counts the revision in, since one act may hide several.
 */
export function editIdOf(edit: EditIdentity): string {
  const makesRevision = edit.kind === 'create' || edit.kind === 'edit' || edit.kind === 'move'
  if (makesRevision && edit.revision !== null) return `${edit.wiki}:${edit.revision.id}`
  const second = Math.floor(Date.parse(edit.editedAt) / 1_000)
  const identity = [edit.page.title, second]
  if (edit.kind === 'visibility_change') identity.push(edit.revision?.id ?? 0)
  return `${edit.wiki}:${edit.kind}:${hash('sha256', JSON.stringify(identity)).slice(0, 16)}`
}
