import type { z } from 'zod'
import { didYouMean } from './did-you-mean.ts'

const QUOTED_LENGTH_MAX = 60
const NAMES_QUOTED_MAX = 5

/**
 * The first mistake that zod found, in a sentence that names the field: `filter.kind[1]: "edits" is not one of create,
 * edit, …. Did you mean "edit"?`
 *
 * @param root what the whole value is called, such as `filter`
 * @param fields the fields that exist, for suggestions
 */
export function mistakeIn(error: z.ZodError, root: string, fields: readonly string[]): string {
  const [issue] = error.issues
  if (issue === undefined) return `${root} is malformed`
  return `${pathOf(root, issue.path)}: ${describe(issue, fields)}`
}

/** A value as a partner may see it again: short, and on one line, however long or deep it is. */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value !== 'string') return String(value)
  const isLong = value.length > QUOTED_LENGTH_MAX
  return JSON.stringify(isLong ? `${value.slice(0, QUOTED_LENGTH_MAX)}…` : value)
}

function describe(issue: z.core.$ZodIssue, fields: readonly string[]): string {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [first = ''] = issue.keys
      const shown = issue.keys.slice(0, NAMES_QUOTED_MAX).map(quoted).join(', ')
      const more =
        issue.keys.length > NAMES_QUOTED_MAX ? ` and ${issue.keys.length - NAMES_QUOTED_MAX} more` : ''
      return `there is no ${shown}${more}.${didYouMean(first, fields)}`
    }
    case 'invalid_value': {
      const values = issue.values.map(String)
      const given = typeof issue.input === 'string' ? issue.input : ''
      return `${quoted(issue.input)} is not one of ${values.join(', ')}.${didYouMean(given, values)}`
    }
    case 'invalid_type':
      return `expected ${issue.expected}, got ${quoted(issue.input)}`
    case 'custom':
    case 'invalid_format':
      return `${quoted(issue.input)} ${issue.message}`
    default:
      return issue.message
  }
}

function pathOf(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}.${String(step)}`),
    root,
  )
}
