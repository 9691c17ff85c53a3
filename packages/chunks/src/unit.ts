/** What a cut never goes through: a sentence, an item of a list, a row of a table, a parameter. */
export interface Unit {
  readonly text: string
  /** What stands between the unit before it and this one. */
  readonly glue: string
  /** Templates that were dropped from it. */
  readonly omittedTemplates: number
}

/** Longer ones are taken apart, at weaker marks the longer they are. */
export const UNIT_LENGTH_MAX = 500
