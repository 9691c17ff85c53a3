import {
  type ChangeAttributes,
  type CompiledFilter,
  comparableTitle,
  compileFilter,
  type Filter,
  isWatched,
  type WatchList,
  type WatchLists,
} from '@freshet/protocol'
import { AttributeBits } from './attribute-bits.ts'
import { BitSlots } from './bit-slots.ts'
import {
  BIT_CONDITIONS,
  type BitClause,
  type BitCondition,
  clausesOf,
  type PostedClause,
} from './filter-clauses.ts'
import { PostingLists } from './posting-lists.ts'

/** A filter as the index knows it. */
export interface IndexedFilter {
  readonly id: number
  readonly filter: Filter
  /** At least those that it names, as it goes by them. */
  readonly watchLists: WatchLists
  readonly matches: CompiledFilter
}

/**
 * Finds the filters that want a change, at a cost that grows with those that may, not with those that are there: by
 * posting lists where a filter names pages, titles, items, tags, prefixes or watch-lists, by bits per value where it only names
 * attributes of few values. What is found by part of a filter is asked for the rest.
 */
export class FilterIndex {
  readonly #bits: { readonly [C in BitCondition]: AttributeBits<string | number | boolean> } = {
    wiki: new AttributeBits(),
    project: new AttributeBits(),
    language: new AttributeBits(),
    namespace: new AttributeBits(),
    kind: new AttributeBits(),
    performer: new AttributeBits(),
    minor: new AttributeBits(),
  }
  readonly #posted = {
    page: new PostingLists<string | number, IndexedFilter>(),
    title: new PostingLists<string | number, IndexedFilter>(),
    item: new PostingLists<string | number, IndexedFilter>(),
    tag: new PostingLists<string | number, IndexedFilter>(),
    titlePrefix: new PostingLists<string | number, IndexedFilter>(),
  }
  /** A list is asked once for all filters that name it. */
  readonly #watched = new PostingLists<WatchList, IndexedFilter>()
  /** How many prefixes of each length are posted. */
  readonly #prefixLengths = new Map<number, number>()
  readonly #slots = new BitSlots()
  readonly #slotsOf = new Map<IndexedFilter, number[]>()
  /** Which filters are in the answer being made, or are not: each is asked once. */
  readonly #askedAt: number[] = []
  #asking = 0
  #words = new Uint32Array(0)

  add(filter: IndexedFilter): void {
    while (this.#askedAt.length <= filter.id) this.#askedAt.push(0)
    for (const clause of clausesOf(filter.filter, filter.watchLists)) {
      if (clause.type === 'posted') this.#post(filter, clause)
      else if (clause.type === 'bits') this.#setBits(filter, clause)
      else for (const list of clause.lists) this.#watched.add(list, filter)
    }
  }

  delete(filter: IndexedFilter): void {
    for (const clause of clausesOf(filter.filter, filter.watchLists)) {
      if (clause.type === 'posted') this.#unpost(filter, clause)
      else if (clause.type === 'watched') for (const list of clause.lists) this.#watched.delete(list, filter)
    }
    for (const slot of this.#slotsOf.get(filter) ?? []) this.#clearBits(slot)
    this.#slotsOf.delete(filter)
  }

  /** The ids of the filters that want a change with these attributes, each once. */
  matching(attributes: ChangeAttributes): readonly number[] {
    const found: number[] = []
    const asking = ++this.#asking
    const ask = (filter: IndexedFilter) => {
      if (this.#askedAt[filter.id] === asking) return
      this.#askedAt[filter.id] = asking
      if (filter.matches(attributes)) found.push(filter.id)
    }
    this.#visitPosted(attributes, ask)
    const words = this.#acceptingSlots(attributes)
    this.#slots.find(words, attributes, found, ask)
    return found
  }

  /** Attributes are decoded when they are asked for, so those that no filter names are not. */
  #visitPosted(attributes: ChangeAttributes, ask: (filter: IndexedFilter) => void): void {
    const { page, item, title, tag } = this.#posted
    if (!page.isEmpty && attributes.page !== null) page.visit(attributes.page, ask)
    if (!item.isEmpty && attributes.item !== null) item.visit(attributes.item, ask)
    if (!title.isEmpty) title.visit(comparableTitle(attributes.title), ask)
    if (!tag.isEmpty) for (const each of attributes.tags) tag.visit(each, ask)
    if (this.#prefixLengths.size > 0) this.#visitPrefixes(comparableTitle(attributes.title), ask)
    for (const list of this.#watched.values()) {
      if (isWatched(list, attributes)) this.#watched.visit(list, ask)
    }
  }

  #visitPrefixes(title: string, ask: (filter: IndexedFilter) => void): void {
    for (const length of this.#prefixLengths.keys()) {
      if (length <= title.length) this.#posted.titlePrefix.visit(title.slice(0, length), ask)
    }
  }

  /** The bits of all clauses that accept every one of the attributes they name. */
  #acceptingSlots(attributes: ChangeAttributes): Uint32Array {
    const wordCount = Math.ceil(this.#slots.length / 32)
    if (this.#words.length !== wordCount) this.#words = new Uint32Array(wordCount)
    this.#words.set(this.#slots.used.words.subarray(0, wordCount))
    for (const name of BIT_CONDITIONS) {
      const bits = this.#bits[name]
      if (bits.isNamed) bits.narrow(this.#words, attributes[name])
    }
    return this.#words
  }

  #post(filter: IndexedFilter, { condition, values }: PostedClause): void {
    for (const value of values) {
      this.#posted[condition].add(value, filter)
      if (condition === 'titlePrefix') this.#countPrefix(String(value).length, 1)
    }
  }

  #unpost(filter: IndexedFilter, { condition, values }: PostedClause): void {
    for (const value of values) {
      this.#posted[condition].delete(value, filter)
      if (condition === 'titlePrefix') this.#countPrefix(String(value).length, -1)
    }
  }

  #countPrefix(length: number, by: 1 | -1): void {
    const count = (this.#prefixLengths.get(length) ?? 0) + by
    if (count > 0) this.#prefixLengths.set(length, count)
    else this.#prefixLengths.delete(length)
  }

  #setBits(filter: IndexedFilter, { conditions, rest }: BitClause): void {
    const number = this.#slots.add(...slotOf(filter, conditions, rest))
    for (const name of BIT_CONDITIONS) this.#bits[name].add(number, conditions[name])
    const slots = this.#slotsOf.get(filter) ?? []
    slots.push(number)
    this.#slotsOf.set(filter, slots)
  }

  #clearBits(number: number): void {
    const conditions = this.#slots.at(number)?.conditions
    for (const name of BIT_CONDITIONS) this.#bits[name].delete(number, conditions?.[name])
    this.#slots.delete(number)
  }
}

function slotOf(
  filter: IndexedFilter,
  conditions: BitClause['conditions'],
  rest: Filter | undefined,
): Parameters<BitSlots['add']> {
  if (rest === undefined) return [{ filter, conditions, asks: 'the whole filter' }, {}]
  const { minSizeDelta, maxSizeDelta, ...asked } = rest
  const isSettled = Object.values(asked).every((value) => value === undefined)
  const asks = isSettled ? undefined : compileFilter(asked, filter.watchLists)
  return [
    { filter, conditions, asks },
    { minSizeDelta, maxSizeDelta },
  ]
}
