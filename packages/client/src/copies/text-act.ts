import { type ArticleChange, isUnavailable, type PartOrReason } from '../article-change.ts'

/** What a change did to the text of its page. */
export type TextAct<Delta> =
  | { readonly type: 'delta'; readonly delta: Delta }
  /** The page is gone, or its text hidden. */
  | { readonly type: 'removal' }
  | { readonly type: 'untouched' }
  /** The text is another one, and the change could not say which. */
  | { readonly type: 'untold' }
  /** The part was not asked for. */
  | { readonly type: 'missing-part' }

/** @param part the part of the change that the copy is kept in step by */
export function textActOf<Delta extends object>(
  { kind, revision }: ArticleChange,
  part: PartOrReason<Delta> | undefined,
): TextAct<Delta> {
  if (kind === 'delete') return { type: 'removal' }
  if (revision?.isContentVisible === false) return { type: 'removal' }
  if (part === undefined) return { type: kind === 'visibility_change' ? 'untouched' : 'missing-part' }
  if (!isUnavailable(part)) return { type: 'delta', delta: part }
  switch (part.unavailable.reason) {
    case 'page_deleted':
    case 'suppressed':
      return { type: part.unavailable.revision === 'new' ? 'removal' : 'untold' }
    case 'no_new_revision':
      return { type: 'untouched' }
    default:
      return { type: 'untold' }
  }
}
