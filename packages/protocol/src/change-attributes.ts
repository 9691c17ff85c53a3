/** The kinds of change that a filter may name. */
export const CHANGE_KINDS = ['create', 'edit', 'move', 'delete', 'undelete', 'visibility_change'] as const

/** Who may have done it. */
export const PERFORMERS = ['registered', 'temporary', 'anonymous', 'bot'] as const

/** What a filter asks about a change. `null` means "not known", and meets no condition on that attribute. */
export interface ChangeAttributes {
  readonly kind: string
  readonly performer: string | null
  readonly minor: boolean | null
  readonly namespace: number
  /** New size minus old size, in bytes. */
  readonly sizeDelta: number | null
  /** The page's id, unique within its wiki. */
  readonly page: number | null
  readonly wiki: string
  readonly project: string | null
  readonly language: string | null
  /** The Wikidata item of the page. */
  readonly item: string | null
  readonly title: string
  readonly tags: readonly string[]
}
