import { BitSet } from './bit-set.ts'

/** For one attribute of few values: which clauses accept a value, as bits. */
export class AttributeBits<Value> {
  /** Clauses that say nothing of the attribute. */
  readonly #unconcerned = new BitSet()
  readonly #accepting = new Map<Value, BitSet>()
  #naming = 0

  /** Whether any clause says something of the attribute. */
  get isNamed(): boolean {
    return this.#naming > 0
  }

  /** `values` is undefined when the clause says nothing of the attribute. */
  add(slot: number, values: readonly Value[] | undefined): void {
    if (values === undefined) this.#unconcerned.add(slot)
    else this.#naming++
    for (const value of values ?? []) {
      const bits = this.#accepting.get(value) ?? new BitSet()
      this.#accepting.set(value, bits)
      bits.add(slot)
    }
  }

  /** `values` as they were added. A value that nobody names any more keeps its bits: there are few of them. */
  delete(slot: number, values: readonly Value[] | undefined): void {
    if (values !== undefined) this.#naming--
    this.#unconcerned.delete(slot)
    for (const value of values ?? []) this.#accepting.get(value)?.delete(slot)
  }

  /** Takes out of `words` the bits of all clauses that do not accept the value; `null`, not known, is accepted by none that asks. */
  narrow(words: Uint32Array, value: Value | null): void {
    const unconcerned = this.#unconcerned.words
    const accepting = (value === null ? undefined : this.#accepting.get(value))?.words
    const known = Math.min(words.length, unconcerned.length)
    if (accepting === undefined) {
      for (let index = 0; index < known; index++)
        words[index] = (words[index] ?? 0) & (unconcerned[index] ?? 0)
      words.fill(0, known)
      return
    }
    for (let index = 0; index < words.length; index++) {
      words[index] = (words[index] ?? 0) & ((unconcerned[index] ?? 0) | (accepting[index] ?? 0))
    }
  }
}
