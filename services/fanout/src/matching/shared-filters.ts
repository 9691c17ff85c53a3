import { hash } from 'node:crypto'
import {
  type ChangeAttributes,
  type CompiledFilter,
  canonicalFilter,
  compileFilter,
  type Filter,
  filterKey,
  ProtocolError,
} from '@freshet/protocol'
import { FilterIndex, type IndexedFilter } from './filter-index.ts'

/** A filter in use, compiled once for all subscriptions that wrote the same. */
export interface SharedFilter {
  /** A small number, of this filter alone as long as it is in use. */
  readonly id: number
  readonly matches: CompiledFilter
  /** The subscription does not need it any more. Once. */
  release(): void
}

interface Entry extends IndexedFilter {
  readonly values: number
  users: number
}

/** All filters in use. */
export class SharedFilters {
  readonly #valuesMax: number
  readonly #entries = new Map<string, Entry>()
  #values = 0
  readonly #index = new FilterIndex()
  #nextId = 0
  readonly #freeIds: number[] = []

  constructor(valuesMax: number) {
    this.#valuesMax = valuesMax
  }

  /** How many different ones are in use. */
  get size(): number {
    return this.#entries.size
  }

  /** Throws a `ProtocolError` with the code `overloaded` when all filters together would hold too much. */
  acquire(filter: Filter): SharedFilter {
    const canonical = canonicalFilter(filter)
    const key = hash('sha256', filterKey(canonical))
    const entry = this.#entries.get(key) ?? this.#add(key, canonical)
    entry.users++
    return { id: entry.id, matches: entry.matches, release: () => this.#release(key, entry) }
  }

  /** The ids of the filters that want a change with these attributes. */
  matching(attributes: ChangeAttributes): readonly number[] {
    return this.#index.matching(attributes)
  }

  #add(key: string, filter: Filter): Entry {
    const values = valuesIn(filter)
    if (this.#values + values > this.#valuesMax) {
      throw new ProtocolError(
        'overloaded',
        'the filters of all subscribers together hold more values than this server takes',
        'Try again later, or with a smaller filter.',
      )
    }
    const id = this.#freeIds.pop() ?? this.#nextId++
    const entry = { id, filter, matches: compileFilter(filter), values, users: 0 }
    this.#entries.set(key, entry)
    this.#index.add(entry)
    this.#values += values
    return entry
  }

  #release(key: string, entry: Entry): void {
    if (--entry.users > 0) return
    this.#entries.delete(key)
    this.#index.delete(entry)
    this.#freeIds.push(entry.id)
    this.#values -= entry.values
  }
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
