import type { HeldPage } from './held-page.ts'

/**
 * What became of a change.
 *
 * - `applied`: its delta was made
 * - `repaired`: the delta did not fit or was not there; the page was fetched instead, or taken from the change's `wikitext`
 * - `removed`: the page is gone, or its text hidden
 * - `unchanged`: the copy was like that already: a repeat, or an act that does not touch the text
 * - `older`: the page was further already: a repeat, or out of order. Nothing is done with it
 * - `unidentified`: the source of the change does not say which page id it is. Nothing is done with it
 */
export type CopyOutcome = 'applied' | 'repaired' | 'removed' | 'unchanged' | 'older' | 'unidentified'

export interface CopyStep<Copy> {
  readonly outcome: CopyOutcome
  /** Undefined: the page was not known. */
  readonly before: HeldPage<Copy> | undefined
  readonly after: HeldPage<Copy> | undefined
}
