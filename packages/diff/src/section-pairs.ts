import { NONE } from './line-origins.ts'
import type { Section } from './outline.ts'
import type { TextAlignment } from './text-alignment.ts'
import { wordEnds } from './words.ts'

/** A section is the same under a new title when this much of its text, before and after, is the same lines. */
const SHARED_MIN = 0.5

/**
 * Which section of the base became which section of the new text. The leads are each other. Any other section is the one
 * that had the same heading line, else the one that most of its text comes from, else the one whose title was edited,
 * else the one at the same path.
 */
export class SectionPairs {
  /** Per section of the new text its index in the base; undefined for added ones. */
  readonly byText: (number | undefined)[]
  /** Per section of the base its index in the new text; undefined for removed ones. */
  readonly byBase: (number | undefined)[]
  readonly #base: readonly Section[]
  readonly #text: readonly Section[]
  readonly #alignment: TextAlignment
  /** Per line of the base the section that it is in. */
  readonly #baseSectionOf: readonly number[]

  constructor(base: readonly Section[], text: readonly Section[], alignment: TextAlignment) {
    this.byText = text.map(() => undefined)
    this.byBase = base.map(() => undefined)
    this.#base = base
    this.#text = text
    this.#alignment = alignment
    this.#baseSectionOf = base.flatMap(({ start, end }, index) => new Array<number>(end - start).fill(index))
    this.#pair(0, 0)
    this.#pairBy((section) => this.#withSameHeading(section))
    this.#pairBy((section) => this.#withMostOfTheText(section))
    this.#pairBy((section) => this.#withEditedHeading(section))
    const basePaths = new Map(base.map(({ path }, index) => [JSON.stringify(path), index]))
    this.#pairBy(({ path }) => basePaths.get(JSON.stringify(path)))
  }

  #pairBy(find: (section: Section) => number | undefined): void {
    this.#text.forEach((section, text) => {
      if (this.byText[text] !== undefined) return
      const base = find(section)
      if (base !== undefined && this.byBase[base] === undefined) this.#pair(base, text)
    })
  }

  #pair(base: number, text: number): void {
    this.byText[text] = base
    this.byBase[base] = text
  }

  #withSameHeading(section: Section): number | undefined {
    return this.#alignment.changes.has(section.start) ? undefined : this.#withHeadingOf(section)
  }

  #withEditedHeading(section: Section): number | undefined {
    const base = this.#withHeadingOf(section)
    return base !== undefined && shareWord(titleOf(this.#base[base] as Section), titleOf(section))
      ? base
      : undefined
  }

  /** The section whose heading line became this one's. */
  #withHeadingOf(section: Section): number | undefined {
    const origin = this.#alignment.origins.originOf[section.start]
    const base = origin === undefined || origin === NONE ? undefined : this.#baseSectionOf[origin]
    if (base === undefined) return undefined
    const { level, start } = this.#base[base] as Section
    return level > 0 && start === origin ? base : undefined
  }

  #withMostOfTheText(section: Section): number | undefined {
    const { origins, lines } = this.#alignment
    const shared = new Map<number, number>()
    for (let line = section.bodyStart; line < section.end; line++) {
      const base = this.#baseSectionOf[origins.originOf[line] as number]
      if (base === undefined) continue
      shared.set(base, (shared.get(base) ?? 0) + (lines.textLines[line] as string).length)
    }
    const [most] = [...shared].sort(([, one], [, other]) => other - one)
    if (most === undefined) return undefined
    const [base, length] = most
    const needed =
      SHARED_MIN *
      Math.max(bodyLength(section, lines.textLines), bodyLength(this.#base[base] as Section, lines.baseLines))
    return length > 0 && length >= needed ? base : undefined
  }
}

function bodyLength({ bodyStart, end }: Section, lines: readonly string[]): number {
  let length = 0
  for (let line = bodyStart; line < end; line++) length += (lines[line] as string).length
  return length
}

function titleOf(section: Section): string {
  return section.path.at(-1) ?? ''
}

function shareWord(one: string, other: string): boolean {
  const words = new Set(wordsOf(one))
  return wordsOf(other).some((word) => words.has(word))
}

function wordsOf(title: string): string[] {
  const ends = wordEnds(title)
  const words = ends.map((end, index) => title.slice(ends[index - 1] ?? 0, end).toLowerCase())
  return words.filter((word) => /[\p{L}\p{N}]/u.test(word))
}
