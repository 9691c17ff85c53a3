/** What a cut never goes through: a sentence, an item of a list, a row of a table, a parameter. */
export interface Unit {
  readonly text: string
  /** What stands between the unit before it and this one. */
  readonly glue: string
  /** Templates that were dropped from it. */
  readonly omittedTemplates: number
}

/** Larger ones (`textSize`) are taken apart, at weaker marks the larger they are. */
export const UNIT_SIZE_MAX = 500
