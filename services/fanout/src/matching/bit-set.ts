const BITS = 32

/** A growing set of small whole numbers, one bit each. */
export class BitSet {
  #words = new Uint32Array(0)

  /** Zeros follow. */
  get words(): Uint32Array {
    return this.#words
  }

  add(number: number): void {
    const index = Math.floor(number / BITS)
    if (index >= this.#words.length) {
      const grown = new Uint32Array(Math.max(index + 1, this.#words.length * 2))
      grown.set(this.#words)
      this.#words = grown
    }
    this.#words[index] = (this.#words[index] ?? 0) | (1 << (number % BITS))
  }

  delete(number: number): void {
    const index = Math.floor(number / BITS)
    if (index < this.#words.length) {
      this.#words[index] = (this.#words[index] ?? 0) & ~(1 << (number % BITS))
    }
  }
}

/** Calls `visit` with every number whose bit is set in the word with that index. */
export function eachBit(index: number, word: number, visit: (number: number) => void): void {
  for (let rest = word; rest !== 0; rest &= rest - 1) {
    visit(index * BITS + 31 - Math.clz32(rest & -rest))
  }
}
