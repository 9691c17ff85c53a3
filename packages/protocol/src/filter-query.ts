import { ProtocolError } from './errors.ts'
import { CONDITION_NAMES, type ConditionName, type Filter, parseFilter } from './filter.ts'
import { parseJson } from './json.ts'

/** Where a comma is part of the value: these take several values by repeating the parameter only. */
const COMMAS_KEPT: ReadonlySet<ConditionName> = new Set(['title', 'titlePrefix', 'tag'])
const NUMBERS: ReadonlySet<ConditionName> = new Set(['namespace', 'page', 'minSizeDelta', 'maxSizeDelta'])
const SINGLE: ReadonlySet<ConditionName> = new Set(['minSizeDelta', 'maxSizeDelta'])

/** The query parameters that a filter is read from: one for each condition, and `filter` for the JSON form. */
export const FILTER_PARAMETERS: readonly string[] = [...CONDITION_NAMES, 'filter']

/**
 * Reads a filter from query parameters: `wiki=enwiki,dewiki&namespace=0&title=Ada+Lovelace`. Where `filter=` holds the
 * JSON form as well, both must be met.
 */
export function filterFromQuery(query: URLSearchParams): Filter {
  const conditions: Record<string, unknown> = {}
  for (const name of CONDITION_NAMES) {
    const values = valuesOf(query, name)
    if (values.length > 0) conditions[name] = SINGLE.has(name) ? onlyOne(name, values) : values
  }
  const nested = query.getAll('filter').map((text) => parseJson(text, 'the query parameter "filter"'))
  return parseFilter(nested.length === 0 ? conditions : { ...conditions, all: nested })
}

function valuesOf(query: URLSearchParams, name: ConditionName): unknown[] {
  const texts = query.getAll(name)
  const values = COMMAS_KEPT.has(name) ? texts : texts.flatMap((text) => text.split(','))
  if (NUMBERS.has(name)) return values.map(numberOf)
  if (name === 'minor') return values.map(booleanOf)
  return values
}

function onlyOne(name: ConditionName, values: readonly unknown[]): unknown {
  if (values.length === 1) return values[0]
  throw new ProtocolError(
    'invalid_filter',
    `filter.${name}: takes one number, and was given ${values.length}`,
    'Give the parameter once.',
  )
}

/** What is not a number stays text, so that the filter's own check names it. */
function numberOf(text: string): unknown {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text
}

function booleanOf(text: string): unknown {
  if (text === 'true') return true
  return text === 'false' ? false : text
}
