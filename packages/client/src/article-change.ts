import type { ChunkDelta, Facts, FactsDelta } from '@freshet/chunks'
import type { RevisionCompare, SectionChange, TextDiff } from '@freshet/diff'
import type { Core, Unavailable } from '@freshet/events'

/**
 * An article change as a partner receives it: `core` at the top level, and of the other parts those that were asked for.
 * PROTOCOL.md describes the parts.
 */
export interface ArticleChange extends Core {
  readonly diff?: PartOrReason<TextDiff>
  readonly patch?: PartOrReason<string>
  readonly compare?: PartOrReason<RevisionCompare>
  readonly sections?: PartOrReason<readonly SectionChange[]>
  readonly chunks?: PartOrReason<ChunkDelta>
  /** `replace`: all of them, where the text before is not known. */
  readonly facts?: PartOrReason<FactsDelta | { readonly replace: Facts }>
  /** Null for code and data. */
  readonly text?: PartOrReason<string | null>
  readonly wikitext?: PartOrReason<string>
}

/** A part, or why it could not be made. */
export type PartOrReason<Part> = Part | Unavailable

export function isUnavailable<Part>(part: PartOrReason<Part>): part is Unavailable {
  return typeof part === 'object' && part !== null && 'unavailable' in part
}
