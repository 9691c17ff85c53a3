import type { Edit } from '@freshet/events'
import type { Part } from '@freshet/protocol'
import type { TextResult } from '../revision-texts/revision-texts.ts'
import { contentModelOf } from './content-model.ts'

/** All that the parts of a change are worked out from; plain data, so that it can go to another thread. */
export interface PartInput {
  readonly edit: PartEdit
  readonly base: TextResult
  readonly text: TextResult
}

/** What of an edit bears on its parts. */
export interface PartEdit {
  /** A patch names the page before and after; undefined: there was none before. */
  readonly oldTitle: string | undefined
  readonly newTitle: string
  readonly language: string | null
  readonly contentModel: string
  readonly parentId: number | null
  readonly revisionId: number | null
}

/** The parts of one change as JSON texts, in the order they lie in it. */
export type MadeParts = readonly (readonly [name: Part, json: string])[]

export function partInputOf(edit: Edit, base: TextResult, text: TextResult): PartInput {
  const isNew = edit.kind === 'create' || edit.kind === 'undelete'
  return {
    edit: {
      oldTitle: isNew ? undefined : (edit.priorPage ?? edit.page).title,
      newTitle: edit.page.title,
      language: edit.language,
      contentModel: contentModelOf(edit),
      parentId: edit.revision?.parentId ?? null,
      revisionId: edit.revision?.id ?? null,
    },
    base,
    text,
  }
}
