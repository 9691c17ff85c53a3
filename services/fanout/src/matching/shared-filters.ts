import { hash } from 'node:crypto'
import {
  type ChangeAttributes,
  type CompiledFilter,
  canonicalFilter,
  compileFilter,
  type Filter,
  filterKey,
  ProtocolError,
  type WatchList,
  type WatchLists,
  watchListNamed,
  watchListNames,
} from '@freshet/protocol'
import { FilterIndex, type IndexedFilter } from './filter-index.ts'

/** A filter in use, compiled once for all subscriptions that wrote the same. */
export interface SharedFilter {
  /** A small number, of this filter alone as long as it is in use. */
  readonly id: number
  readonly matches: CompiledFilter
  /** Those that it names, as it goes by them, by name in order. */
  readonly watchLists: ReadonlyMap<string, WatchList>
  /**
   * The same filter, acquired anew, by the watch-lists as they are now; undefined when this one goes by them already.
   * Throws a `ProtocolError` with the code `unknown_watch_list` when one of them is gone.
   */
  renew(): SharedFilter | undefined
  /** The subscription does not need it any more. Once. */
  release(): void
}

export interface SharedFiltersOptions {
  /** All of them together; past it no more are taken. */
  readonly valuesMax: number
  /** As they are now. */
  readonly watchLists: WatchLists
}

interface Entry extends IndexedFilter {
  /** Of the filter alone; what it is kept by says which watch-lists it goes by, too. */
  readonly filterKey: string
  readonly key: string
  readonly watchLists: ReadonlyMap<string, WatchList>
  readonly values: number
  users: number
}

/** All filters in use. */
export class SharedFilters {
  readonly #options: SharedFiltersOptions
  readonly #entries = new Map<string, Entry>()
  #values = 0
  readonly #index = new FilterIndex()
  #nextId = 0
  readonly #freeIds: number[] = []

  constructor(options: SharedFiltersOptions) {
    this.#options = options
  }

  /** How many different ones are in use. */
  get size(): number {
    return this.#entries.size
  }

  /**
   * Throws a `ProtocolError`: `unknown_watch_list` when the filter names one that there is not, `overloaded` when all
   * filters together would hold too much.
   */
  acquire(filter: Filter): SharedFilter {
    const canonical = canonicalFilter(filter)
    const watchLists = this.#watchListsOf(watchListNames(canonical))
    const key = hash('sha256', filterKey(canonical))
    const known = this.#entries.get(keyOf(key, watchLists))
    if (known !== undefined) return this.#use(known)
    const values = valuesIn(canonical)
    if (this.#values + values > this.#options.valuesMax) {
      throw new ProtocolError(
        'overloaded',
        'the filters of all subscribers together hold more values than this server takes',
        'Try again later, or with a smaller filter.',
      )
    }
    return this.#use(this.#add(canonical, key, watchLists, values))
  }

  /** The ids of the filters that want a change with these attributes. */
  matching(attributes: ChangeAttributes): readonly number[] {
    return this.#index.matching(attributes)
  }

  #use(entry: Entry): SharedFilter {
    entry.users++
    return new FilterUse(entry, this)
  }

  /** For `FilterUse`. Its values are counted already, by the entry that it is to take the place of. */
  renew(entry: Entry): SharedFilter | undefined {
    if (entry.watchLists.size === 0) return undefined
    const watchLists = this.#watchListsOf(entry.watchLists.keys())
    const key = keyOf(entry.filterKey, watchLists)
    if (key === entry.key) return undefined
    const known = this.#entries.get(key)
    return this.#use(known ?? this.#add(entry.filter, entry.filterKey, watchLists, entry.values))
  }

  #watchListsOf(names: Iterable<string>): ReadonlyMap<string, WatchList> {
    const { watchLists } = this.#options
    return new Map([...names].map((name) => [name, watchListNamed(watchLists, name)]))
  }

  #add(filter: Filter, filterKey: string, watchLists: ReadonlyMap<string, WatchList>, values: number): Entry {
    const id = this.#freeIds.pop() ?? this.#nextId++
    const matches = compileFilter(filter, watchLists)
    const key = keyOf(filterKey, watchLists)
    const entry = { id, filter, filterKey, key, watchLists, matches, values, users: 0 }
    this.#entries.set(key, entry)
    this.#index.add(entry)
    this.#values += values
    return entry
  }

  /** For `FilterUse`. */
  release(entry: Entry): void {
    if (--entry.users > 0) return
    this.#entries.delete(entry.key)
    this.#index.delete(entry)
    this.#freeIds.push(entry.id)
    this.#values -= entry.values
  }
}

/** There is one for each subscription, so it is no more than two references. */
class FilterUse implements SharedFilter {
  readonly #entry: Entry
  readonly #filters: SharedFilters

  constructor(entry: Entry, filters: SharedFilters) {
    this.#entry = entry
    this.#filters = filters
  }

  get id(): number {
    return this.#entry.id
  }

  get matches(): CompiledFilter {
    return this.#entry.matches
  }

  get watchLists(): ReadonlyMap<string, WatchList> {
    return this.#entry.watchLists
  }

  renew(): SharedFilter | undefined {
    return this.#filters.renew(this.#entry)
  }

  release(): void {
    this.#filters.release(this.#entry)
  }
}

/** Names are part of the filter, so the versions will do. */
function keyOf(filterKey: string, watchLists: ReadonlyMap<string, WatchList>): string {
  if (watchLists.size === 0) return filterKey
  return [filterKey, ...watchLists.values().map(({ version }) => version)].join(' ')
}

function valuesIn(filter: Filter): number {
  const { any = [], all = [], not, ...conditions } = filter
  const inner = [...any, ...all, ...(not === undefined ? [] : [not])]
  const own = Object.values(conditions).filter((values) => values !== undefined)
  return (
    own.reduce<number>((sum, values) => sum + (typeof values === 'number' ? 1 : values.length), 0) +
    inner.reduce((sum, each) => sum + valuesIn(each), 0)
  )
}
