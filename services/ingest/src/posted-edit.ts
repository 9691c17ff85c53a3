import { completeEdit, type Edit, editInputSchema } from '@freshet/events'
import type { z } from 'zod'
import { EDIT_BYTES_MAX } from './edit-record.ts'
import type { PostedItem } from './posted-items.ts'

export interface FieldMistake {
  /** Where, such as `revision.id`; empty for the item itself. */
  readonly field: string
  readonly message: string
}

export type PostedEdit =
  | { readonly type: 'valid'; readonly edit: Edit }
  | { readonly type: 'invalid'; readonly mistakes: readonly FieldMistake[] }

/** Enough to mend an item; an item with a million wrong members does not get a million answers. */
const MISTAKES_MAX = 20
const MESSAGE_LENGTH_MAX = 500

/** A posted item as an edit, or what is wrong with it, field by field. */
export function postedEditOf(item: PostedItem): PostedEdit {
  if (item.type === 'unreadable') return invalid([{ field: '', message: item.reason }])
  if (item.raw.length > EDIT_BYTES_MAX) {
    return invalid([{ field: '', message: `an edit has at most ${EDIT_BYTES_MAX} bytes of JSON` }])
  }
  const parsed = editInputSchema.safeParse(item.value)
  if (!parsed.success) return invalid(parsed.error.issues.slice(0, MISTAKES_MAX).map(mistakeOf))
  return { type: 'valid', edit: completeEdit(parsed.data) }
}

function invalid(mistakes: readonly FieldMistake[]): PostedEdit {
  return { type: 'invalid', mistakes }
}

function mistakeOf(issue: z.core.$ZodIssue): FieldMistake {
  return { field: issue.path.join('.'), message: issue.message.slice(0, MESSAGE_LENGTH_MAX) }
}

/** For a person who reads dead letters. */
export function describeMistakes(mistakes: readonly FieldMistake[]): string {
  return mistakes.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ')
}
