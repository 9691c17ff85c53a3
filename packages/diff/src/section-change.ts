/** What happened to one section of a wikitext: to its own text, without that of the sections in it. */
export interface SectionChange {
  /** One or several; `added` and `removed` stand alone. */
  readonly changes: readonly SectionChangeKind[]
  /** The titles from the outermost section to this one, as written; empty for the lead. Of a removed one as it was. */
  readonly path: readonly string[]
  /** The path before, where it was another one; perhaps only because a section around it was renamed. */
  readonly fromPath?: readonly string[]
  /** 0 for the lead, else 1 to 6. */
  readonly level: number
  /** Lines below the heading, blank ones left out. A line that came from another section is added, one that went is removed. */
  readonly lines: { readonly added: number; readonly removed: number; readonly changed: number }
  /** Code points of these lines; of a changed line those that differ. */
  readonly characters: { readonly added: number; readonly removed: number }
}

export type SectionChangeKind =
  | 'added'
  | 'removed'
  /** Another title, or another level in the same section. */
  | 'renamed'
  /** To another place in the order, or into another section. What is in it moves along without a word. */
  | 'moved'
  | 'edited'
