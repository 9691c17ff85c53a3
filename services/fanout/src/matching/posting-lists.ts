/** Which clauses name a value. Most values are named by one. */
export class PostingLists<Value, Clause extends object> {
  readonly #lists = new Map<Value, Clause | Set<Clause>>()

  get isEmpty(): boolean {
    return this.#lists.size === 0
  }

  /** All that are named. */
  values(): Iterable<Value> {
    return this.#lists.keys()
  }

  add(value: Value, clause: Clause): void {
    const list = this.#lists.get(value)
    if (list === undefined) this.#lists.set(value, clause)
    else if (list instanceof Set) list.add(clause)
    else this.#lists.set(value, new Set([list, clause]))
  }

  delete(value: Value, clause: Clause): void {
    const list = this.#lists.get(value)
    if (list === clause) this.#lists.delete(value)
    if (!(list instanceof Set)) return
    list.delete(clause)
    if (list.size === 0) this.#lists.delete(value)
  }

  visit(value: Value, take: (clause: Clause) => void): void {
    const list = this.#lists.get(value)
    if (list === undefined) return
    if (!(list instanceof Set)) take(list)
    else for (const clause of list) take(clause)
  }
}
