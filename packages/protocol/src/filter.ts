import { z } from 'zod'
import { CHANGE_KINDS, PERFORMERS } from './change-attributes.ts'
import { comparableTitle } from './comparable-title.ts'
import { ProtocolError } from './errors.ts'
import { mistakeIn } from './mistake.ts'
import { WATCH_LIST_ENTRIES_MAX, type WatchListKind, watchListName } from './watch-list.ts'

/** How many values the conditions of one filter may hold together. */
export const FILTER_VALUES_MAX = 100_000
/** How deep `any`, `all` and `not` may nest, and how many filters may be in one. */
export const FILTER_DEPTH_MAX = 8
export const FILTER_NODES_MAX = 1_000

/** Of a title, a name or any other text, in UTF-16 code units. */
export const TEXT_LENGTH_MAX = 512

/**
 * Which changes a partner wants. Within a condition any of its values will do; all conditions that are there must be met.
 * `{}` wants everything.
 */
export interface Filter {
  readonly wiki?: readonly string[] | undefined
  readonly project?: readonly string[] | undefined
  readonly language?: readonly string[] | undefined
  readonly namespace?: readonly number[] | undefined
  readonly kind?: readonly string[] | undefined
  readonly page?: readonly number[] | undefined
  readonly title?: readonly string[] | undefined
  readonly titlePrefix?: readonly string[] | undefined
  readonly item?: readonly string[] | undefined
  readonly performer?: readonly string[] | undefined
  readonly minor?: readonly boolean[] | undefined
  readonly minSizeDelta?: number | undefined
  readonly maxSizeDelta?: number | undefined
  readonly tag?: readonly string[] | undefined
  /** Names of watch-lists. */
  readonly watchList?: readonly string[] | undefined
  readonly any?: readonly Filter[] | undefined
  readonly all?: readonly Filter[] | undefined
  readonly not?: Filter | undefined
}

const text = z
  .string()
  .min(1, 'must not be empty')
  .max(TEXT_LENGTH_MAX, `has more than ${TEXT_LENGTH_MAX} characters`)
  .refine((value) => value.isWellFormed(), 'holds a lone surrogate, which no title or name can')
  .refine((value) => !hasControlCharacter(value), 'holds a control character, which no title or name can')

const title = text.transform(comparableTitle)
const page = z.int().positive()
const item = text.regex(/^Q[1-9]\d*$/, 'is no Wikidata item; one is written like "Q42"')

/** One value of each condition that a watch-list may have the entries of. */
export const ENTRY_SCHEMAS = { title, page, item } satisfies Record<WatchListKind, z.ZodType>

const CONDITIONS = {
  wiki: listOf(text.regex(/^[a-z0-9][a-z0-9_-]*$/, 'is no wiki id; one is a database name such as "enwiki"')),
  project: listOf(text),
  language: listOf(text),
  namespace: listOf(z.int()),
  kind: listOf(z.enum(CHANGE_KINDS)),
  page: listOf(page),
  title: listOf(title),
  titlePrefix: listOf(title),
  item: listOf(item),
  performer: listOf(z.enum(PERFORMERS)),
  minor: listOf(z.boolean()),
  minSizeDelta: z.int().optional(),
  maxSizeDelta: z.int().optional(),
  tag: listOf(text),
  watchList: listOf(watchListName),
}

export const CONDITION_NAMES = Object.keys(CONDITIONS) as readonly (keyof typeof CONDITIONS)[]
export type ConditionName = (typeof CONDITION_NAMES)[number]

const COMBINATIONS = ['any', 'all', 'not'] as const
const FILTER_FIELDS: readonly string[] = [...CONDITION_NAMES, ...COMBINATIONS]

const filterSchema: z.ZodType<Filter> = z.strictObject({
  ...CONDITIONS,
  get any() {
    return z.array(filterSchema).min(1, 'must hold at least one filter').optional()
  },
  get all() {
    return z.array(filterSchema).min(1, 'must hold at least one filter').optional()
  },
  get not() {
    return filterSchema.optional()
  },
})

/** Reads a filter from its JSON form. Throws a `ProtocolError`: `invalid_filter` or `filter_too_large`. */
export function parseFilter(json: unknown): Filter {
  assertWithinBounds(json)
  const parsed = filterSchema.safeParse(json, { reportInput: true })
  if (parsed.success) return parsed.data
  throw new ProtocolError(
    'invalid_filter',
    mistakeIn(parsed.error, 'filter', FILTER_FIELDS),
    `A filter is made of ${FILTER_FIELDS.join(', ')}. Leave a condition out to accept everything.`,
  )
}

/** One value or a list of them; always a list afterwards. */
function listOf<T extends z.ZodType>(value: T) {
  const list = z.array(value).min(1, 'is an empty list, which nothing would match; leave it out instead')
  return z.preprocess(
    (given) => (given === undefined || Array.isArray(given) ? given : [given]),
    list.optional(),
  )
}

/** Looks at the outline only, without recursion, so that hostile nesting costs nothing. */
function assertWithinBounds(json: unknown): void {
  const waiting: { node: unknown; depth: number }[] = [{ node: json, depth: 0 }]
  let nodes = 0
  let values = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth } = next
    if (typeof node !== 'object' || node === null) continue
    if (depth > FILTER_DEPTH_MAX) throw tooLarge(`nests deeper than ${FILTER_DEPTH_MAX} levels`)
    if (++nodes > FILTER_NODES_MAX) throw tooLarge(`is made of more than ${FILTER_NODES_MAX} filters`)
    for (const [name, value] of Object.entries(node)) {
      if (name === 'not') waiting.push({ node: value, depth: depth + 1 })
      else if (!Array.isArray(value)) values++
      else if (name !== 'any' && name !== 'all') values += value.length
      else {
        if (value.length > FILTER_NODES_MAX)
          throw tooLarge(`is made of more than ${FILTER_NODES_MAX} filters`)
        for (const inner of value) waiting.push({ node: inner, depth: depth + 1 })
      }
    }
    if (values > FILTER_VALUES_MAX) throw tooLarge(`holds more than ${FILTER_VALUES_MAX} values`)
  }
}

function tooLarge(how: string): ProtocolError {
  return new ProtocolError(
    'filter_too_large',
    `filter: ${how}`,
    `A filter holds at most ${FILTER_VALUES_MAX} values, in at most ${FILTER_NODES_MAX} filters nested at most ${FILTER_DEPTH_MAX} deep. Put the values into a watch-list, which holds up to ${WATCH_LIST_ENTRIES_MAX}, and name that; or filter by wiki, item or titlePrefix.`,
  )
}

function hasControlCharacter(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const unit = value.charCodeAt(index)
    if (unit < 0x20 || unit === 0x7f) return true
  }
  return false
}
