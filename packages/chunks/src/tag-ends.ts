import type { Span } from './wikitext-node.ts'

/**
 * Finds the ends of tags. Asked from left to right it passes over the text once for each name of a tag, also where
 * thousands of tags are never closed.
 */
export class TagEnds {
  readonly #text: string
  readonly #closes = new Map<string, Search>()
  /** The first `>` at or after the offset asked for last. */
  #greaterThan = -1

  constructor(text: string) {
    this.#text = text
  }

  /** Behind the `>` that ends the opening tag. */
  openEnd(from: number): undefined | number {
    if (this.#greaterThan < from) {
      const found = this.#text.indexOf('>', from)
      this.#greaterThan = found < 0 ? Number.POSITIVE_INFINITY : found
    }
    return this.#greaterThan === Number.POSITIVE_INFINITY ? undefined : this.#greaterThan + 1
  }

  /** The next `</name>` at or after the offset. */
  close(name: string, from: number): undefined | Span {
    const known = this.#closes.get(name)
    if (known !== undefined && known.from <= from && (known.found?.start ?? from) >= from) return known.found
    const pattern = known?.pattern ?? new RegExp(`</${name}\\s*>`, 'gi')
    pattern.lastIndex = from
    const match = pattern.exec(this.#text)
    const found = match === null ? undefined : { start: match.index, end: pattern.lastIndex }
    this.#closes.set(name, { pattern, from, found })
    return found
  }
}

interface Search {
  readonly pattern: RegExp
  readonly from: number
  readonly found: undefined | Span
}
