import type { Edit, Revert } from '@freshet/events'
import { type ChangeIndex, type PageRevision, pageRevisionOf } from './change-index.ts'

/**
 * Finds edits that bring an earlier revision back, by the digests of the page's last revisions: those in the index, and
 * those of the batch that is being worked on, which the index does not have yet.
 */
export class Reverts {
  readonly #index: ChangeIndex
  readonly #revisions = new Map<string, PageRevision[]>()

  constructor(index: ChangeIndex) {
    this.#index = index
  }

  /** Takes the edits of a batch one after the other. What the source says of a revert stands as it is. */
  take(edit: Edit): Edit {
    const revision = pageRevisionOf(edit)
    const makesText = edit.kind === 'create' || edit.kind === 'edit'
    if (revision === undefined || !makesText) return edit
    const before = this.#revisionsOf(revision)
    const revert = edit.revert ?? revertOf(before, revision)
    before.push(revision)
    return revert === null ? edit : { ...edit, revert }
  }

  #revisionsOf({ wiki, pageId }: PageRevision): PageRevision[] {
    const key = `${wiki}:${pageId}`
    let revisions = this.#revisions.get(key)
    if (revisions === undefined) {
      revisions = [...this.#index.revisionsOf(wiki, pageId)]
      this.#revisions.set(key, revisions)
    }
    return revisions
  }
}

/** What comes back is the newest revision with the same text; what is undone are those after it. */
function revertOf(before: readonly PageRevision[], { sha1 }: PageRevision): Revert | null {
  const restored = before.findLastIndex((revision) => revision.sha1 === sha1)
  if (restored < 0 || restored === before.length - 1) return null
  return {
    method: null,
    revertedRevisionIds: before.slice(restored + 1).map(({ revisionId }) => revisionId),
    isExact: true,
    restoredRevisionId: before[restored]?.revisionId ?? null,
  }
}
