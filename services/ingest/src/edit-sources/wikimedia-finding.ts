import { editFromWikimediaEvent, MappingError } from '@freshet/events'
import type { SourceFinding } from './edit-source.ts'

/** A parsed Wikimedia event as what a source yields; `raw` is what it was parsed from. `wikis` undefined: all of them. */
export function findingOfWikimediaEvent(
  event: unknown,
  wikis: undefined | ReadonlySet<string>,
  raw: () => Uint8Array,
): SourceFinding {
  if (wikis !== undefined && isOfOtherWiki(event, wikis)) return { type: 'skipped', reason: 'other_wiki' }
  try {
    return editFromWikimediaEvent(event)
  } catch (error) {
    if (!(error instanceof MappingError)) throw error
    return { type: 'unreadable', reason: error.message, raw: raw() }
  }
}

/** Looked up before the event is mapped, since most events of a stream are of other wikis. Canaries are of none. */
function isOfOtherWiki(event: unknown, wikis: ReadonlySet<string>): boolean {
  if (typeof event !== 'object' || event === null) return false
  const { wiki_id, database, wiki, meta } = event as Record<string, unknown>
  const isCanary = typeof meta === 'object' && meta !== null && 'domain' in meta && meta.domain === 'canary'
  const id = wiki_id ?? database ?? wiki
  return !isCanary && typeof id === 'string' && !wikis.has(id)
}
