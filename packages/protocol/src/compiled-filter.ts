import type { ChangeAttributes } from './change-attributes.ts'
import { comparableTitle } from './comparable-title.ts'
import type { Filter } from './filter.ts'
import { isWatched, type WatchLists, watchListNamed } from './watch-list.ts'

export type CompiledFilter = (attributes: ChangeAttributes) => boolean

/**
 * A filter made ready to be asked often, by the watch-lists as they are now. Asking costs the same for one value of a
 * condition as for 100,000. Throws a
 * `ProtocolError` with the code `unknown_watch_list`.
 */
export function compileFilter(filter: Filter, watchLists: WatchLists): CompiledFilter {
  const conditions = conditionsOf(filter, watchLists)
  const [first, ...rest] = conditions
  if (first === undefined) return () => true
  if (rest.length === 0) return first
  return (attributes) => conditions.every((condition) => condition(attributes))
}

/** The cheapest and the most selective first. */
function conditionsOf(filter: Filter, watchLists: WatchLists): CompiledFilter[] {
  const conditions: CompiledFilter[] = []
  const { minSizeDelta, maxSizeDelta, tag, titlePrefix, watchList, not } = filter
  const compiled = (inner: Filter) => compileFilter(inner, watchLists)
  addOneOf(conditions, filter.wiki, (change) => change.wiki)
  addOneOf(conditions, filter.page, (change) => change.page)
  addOneOf(conditions, filter.namespace, (change) => change.namespace)
  addOneOf(conditions, filter.kind, (change) => change.kind)
  addOneOf(conditions, filter.performer, (change) => change.performer)
  addOneOf(conditions, filter.minor, (change) => change.minor)
  addOneOf(conditions, filter.item, (change) => change.item)
  addOneOf(conditions, filter.language, (change) => change.language)
  addOneOf(conditions, filter.project, (change) => change.project)
  if (minSizeDelta !== undefined) {
    conditions.push(({ sizeDelta }) => sizeDelta !== null && sizeDelta >= minSizeDelta)
  }
  if (maxSizeDelta !== undefined) {
    conditions.push(({ sizeDelta }) => sizeDelta !== null && sizeDelta <= maxSizeDelta)
  }
  addOneOf(conditions, filter.title, (change) => comparableTitle(change.title))
  if (watchList !== undefined) {
    const lists = watchList.map((name) => watchListNamed(watchLists, name))
    conditions.push((attributes) => lists.some((list) => isWatched(list, attributes)))
  }
  if (titlePrefix !== undefined) conditions.push(startsWithOneOf(titlePrefix))
  if (tag !== undefined) {
    const wanted = new Set(tag)
    conditions.push(({ tags }) => tags.some((given) => wanted.has(given)))
  }
  for (const inner of filter.all ?? []) conditions.push(compiled(inner))
  if (filter.any !== undefined) {
    const inners = filter.any.map(compiled)
    conditions.push((attributes) => inners.some((inner) => inner(attributes)))
  }
  if (not !== undefined) {
    const inner = compiled(not)
    conditions.push((attributes) => !inner(attributes))
  }
  return conditions
}

function addOneOf<T>(
  conditions: CompiledFilter[],
  values: readonly T[] | undefined,
  attribute: (attributes: ChangeAttributes) => T | null,
): void {
  if (values === undefined) return
  const [only] = values
  if (values.length === 1) {
    conditions.push((attributes) => attribute(attributes) === only)
    return
  }
  const wanted: ReadonlySet<T | null> = new Set(values)
  conditions.push((attributes) => wanted.has(attribute(attributes)))
}

/** One look-up for each length that occurs, instead of one comparison for each prefix. */
function startsWithOneOf(prefixes: readonly string[]): CompiledFilter {
  const wanted = new Set(prefixes)
  const lengths = [...new Set(prefixes.map((prefix) => prefix.length))].toSorted((a, b) => a - b)
  return (attributes) => {
    const title = comparableTitle(attributes.title)
    return lengths.some((length) => length <= title.length && wanted.has(title.slice(0, length)))
  }
}
