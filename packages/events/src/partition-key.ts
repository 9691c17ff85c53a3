import type { Edit } from './edit.ts'

/**
 * What keeps one page in order, in `edits` and in `changes`: the page's identity, which a rename does not change.
 * Sources that do not tell the page id (`recentchange`) are ordered by title instead.
 */
export function partitionKeyOf(
  edit: Pick<Edit, 'wiki'> & { page: { id: number | null; title: string } },
): string {
  return edit.page.id === null ? `${edit.wiki}:${edit.page.title}` : `${edit.wiki}:${edit.page.id}`
}
