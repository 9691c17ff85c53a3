import type { Filter } from './filter.ts'

/** The same filter, however it was written: fields in one order, values sorted, repeats gone. */
export function canonicalFilter(filter: Filter): Filter {
  const canonical: { -readonly [K in keyof Filter]: Filter[K] } = {}
  canonical.wiki = texts(filter.wiki)
  canonical.project = texts(filter.project)
  canonical.language = texts(filter.language)
  canonical.namespace = numbers(filter.namespace)
  canonical.kind = texts(filter.kind)
  canonical.page = numbers(filter.page)
  canonical.title = texts(filter.title)
  canonical.titlePrefix = texts(filter.titlePrefix)
  canonical.item = texts(filter.item)
  canonical.performer = texts(filter.performer)
  canonical.minor = filter.minor && [...new Set(filter.minor)].toSorted()
  canonical.minSizeDelta = filter.minSizeDelta
  canonical.maxSizeDelta = filter.maxSizeDelta
  canonical.tag = texts(filter.tag)
  canonical.watchList = texts(filter.watchList)
  canonical.any = filters(filter.any)
  canonical.all = filters(filter.all)
  canonical.not = filter.not && canonicalFilter(filter.not)
  return canonical
}

/** Equal for filters that want the same by the same conditions. Takes a canonical filter; as long as its values. */
export function filterKey(canonical: Filter): string {
  return JSON.stringify(canonical)
}

function texts(values: readonly string[] | undefined): readonly string[] | undefined {
  return values && [...new Set(values)].toSorted()
}

function numbers(values: readonly number[] | undefined): readonly number[] | undefined {
  return values && [...new Set(values)].toSorted((a, b) => a - b)
}

function filters(values: readonly Filter[] | undefined): readonly Filter[] | undefined {
  if (values === undefined) return undefined
  const byKey = new Map(values.map(canonicalFilter).map((filter) => [filterKey(filter), filter]))
  return [...byKey.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, filter]) => filter)
}
