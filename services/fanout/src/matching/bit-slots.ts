import type { ChangeAttributes, CompiledFilter, Filter } from '@freshet/protocol'
import { BitSet, eachBit } from './bit-set.ts'
import type { BitClause } from './filter-clauses.ts'
import type { IndexedFilter } from './filter-index.ts'

/** What one bit stands for. */
export interface BitSlot {
  readonly filter: IndexedFilter
  readonly conditions: BitClause['conditions']
  /** What is to be asked of what the bits let through; undefined: nothing but the size delta. */
  readonly asks: CompiledFilter | 'the whole filter' | undefined
}

/**
 * The clauses that are found by bits, numbered. Thousands of them may want a change, so what is needed of most of them (whose they
 * are, and between which size deltas) lies in columns that are read in order, instead of in objects all over memory.
 */
export class BitSlots {
  readonly #slots: (BitSlot | undefined)[] = []
  readonly #free: number[] = []
  /** One bit for each slot that there is. */
  readonly used = new BitSet()
  /** Those of which the columns say all. */
  readonly #settled = new BitSet()
  #filterIds = new Int32Array(0)
  #minSizeDelta = new Float64Array(0)
  #maxSizeDelta = new Float64Array(0)

  get length(): number {
    return this.#slots.length
  }

  at(number: number): BitSlot | undefined {
    return this.#slots[number]
  }

  /** Returns the number. `bounds` has the bounds of the size delta, where `asks` does not ask for them. */
  add(slot: BitSlot, bounds: Pick<Filter, 'minSizeDelta' | 'maxSizeDelta'>): number {
    const number = this.#free.pop() ?? this.#slots.length
    this.#slots[number] = slot
    this.used.add(number)
    this.#grow(number)
    this.#filterIds[number] = slot.filter.id
    this.#minSizeDelta[number] = bounds.minSizeDelta ?? Number.NEGATIVE_INFINITY
    this.#maxSizeDelta[number] = bounds.maxSizeDelta ?? Number.POSITIVE_INFINITY
    if (slot.asks === undefined) this.#settled.add(number)
    return number
  }

  delete(number: number): void {
    this.used.delete(number)
    this.#settled.delete(number)
    this.#slots[number] = undefined
    this.#free.push(number)
  }

  /** Puts the ids of the filters into `found` that want the change; of those in `words`, one bit for each slot. */
  find(
    words: Uint32Array,
    attributes: ChangeAttributes,
    found: number[],
    askWhole: (filter: IndexedFilter) => void,
  ): void {
    const settled = this.#settled.words
    const { sizeDelta } = attributes
    const take = (number: number) => {
      if (this.#isWithin(number, sizeDelta)) found.push(this.#filterIds[number] ?? 0)
    }
    const ask = (number: number) => {
      const slot = this.#slots[number]
      if (slot?.asks === 'the whole filter') askWhole(slot.filter)
      else if (slot?.asks?.(attributes)) take(number)
    }
    for (let index = 0; index < words.length; index++) {
      const word = words[index] ?? 0
      if (word === 0) continue
      const settledWord = settled[index] ?? 0
      eachBit(index, word & settledWord, take)
      eachBit(index, word & ~settledWord, ask)
    }
  }

  #isWithin(number: number, sizeDelta: number | null): boolean {
    const min = this.#minSizeDelta[number] ?? 0
    const max = this.#maxSizeDelta[number] ?? 0
    if (sizeDelta !== null) return sizeDelta >= min && sizeDelta <= max
    return min === Number.NEGATIVE_INFINITY && max === Number.POSITIVE_INFINITY
  }

  #grow(number: number): void {
    if (number < this.#filterIds.length) return
    const length = Math.max(64, 2 * number)
    this.#filterIds = grown(this.#filterIds, new Int32Array(length))
    this.#minSizeDelta = grown(this.#minSizeDelta, new Float64Array(length))
    this.#maxSizeDelta = grown(this.#maxSizeDelta, new Float64Array(length))
  }
}

function grown<Column extends Int32Array | Float64Array>(column: Column, larger: Column): Column {
  larger.set(column)
  return larger
}
