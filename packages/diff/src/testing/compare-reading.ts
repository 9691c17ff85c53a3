import { expect } from 'vitest'
import type { CompareItem, RevisionCompare } from '../revision-compare.ts'

/** The two versions of a line that an item shows: highlighted parts are in one of them, everything else in both. */
export function versionsOf(item: CompareItem): { base: string; text: string } {
  const bytes = Buffer.from(item.text)
  const base: Buffer[] = []
  const text: Buffer[] = []
  let at = 0
  for (const { start, length, type } of 'highlightRanges' in item ? item.highlightRanges : []) {
    const shared = bytes.subarray(at, start)
    base.push(shared)
    text.push(shared)
    at = start + length
    if (type === 1) base.push(bytes.subarray(start, at))
    else text.push(bytes.subarray(start, at))
  }
  const rest = bytes.subarray(at)
  return { base: Buffer.concat([...base, rest]).toString(), text: Buffer.concat([...text, rest]).toString() }
}

/**
 * Checks that every item shows the true line at the offset it names, on both sides, and that the lines which no item shows
 * are the same on both sides: so the comparison tells the whole difference, and nothing that is not so.
 */
export function expectTrueLines(compare: RevisionCompare, base: string, text: string): void {
  const baseLines = new UnshownLines(base)
  const textLines = new UnshownLines(text)
  for (const item of compare.diff) {
    const versions = versionsOf(item)
    if (item.offset.from !== null) expect(baseLines.takeAt(item.offset.from)).toBe(versions.base)
    if (item.offset.to === null) continue
    expect(textLines.takeAt(item.offset.to)).toBe(versions.text)
    if ('lineNumber' in item) expect(textLines.numberAt(item.offset.to)).toBe(item.lineNumber)
  }
  expect(baseLines.left()).toEqual(textLines.left())
}

class UnshownLines {
  readonly #lines = new Map<number, string>()
  readonly #numbers = new Map<number, number>()

  constructor(text: string) {
    let offset = 0
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    lines.forEach((line, index) => {
      this.#lines.set(offset, line)
      this.#numbers.set(offset, index + 1)
      offset += Buffer.byteLength(line) + 1
    })
  }

  takeAt(offset: number): string | undefined {
    const line = this.#lines.get(offset)
    this.#lines.delete(offset)
    return line
  }

  numberAt(offset: number): number | undefined {
    return this.#numbers.get(offset)
  }

  left(): string[] {
    return [...this.#lines.values()]
  }
}

/** Per type the members that an item has, from MediaWiki's schema of the answer. */
const MEMBERS: Record<number, readonly string[]> = {
  0: ['lineNumber', 'offset', 'text', 'type'],
  1: ['lineNumber', 'offset', 'text', 'type'],
  2: ['offset', 'text', 'type'],
  3: ['highlightRanges', 'lineNumber', 'offset', 'text', 'type'],
  4: ['moveInfo', 'offset', 'text', 'type'],
  5: ['highlightRanges', 'lineNumber', 'moveInfo', 'offset', 'text', 'type'],
}

export function expectValidCompare(compare: RevisionCompare): void {
  for (const side of [compare.from, compare.to]) {
    expect(Object.keys(side).sort()).toEqual(['id', 'sections', 'slot_role'])
    for (const section of side.sections)
      expect(Object.keys(section).sort()).toEqual(['heading', 'level', 'offset'])
  }
  const moves = new Map(
    compare.diff.flatMap((item) => ('moveInfo' in item ? [[item.moveInfo.id, item]] : [])),
  )
  compare.diff.forEach((item, index) => {
    expect(Object.keys(item).sort()).toEqual(MEMBERS[item.type])
    expect(item.offset.from === null).toBe(item.type === 1 || item.type === 5)
    expect(item.offset.to === null).toBe(item.type === 2 || item.type === 4)
    if ('highlightRanges' in item) expectRangesInOrder(item)
    if ('moveInfo' in item) {
      const other = moves.get(item.moveInfo.linkId) as CompareItem
      expect(other.type).toBe(item.type === 4 ? 5 : 4)
      expect(item.moveInfo.linkDirection).toBe(compare.diff.indexOf(other) > index ? 0 : 1)
    }
  })
}

function expectRangesInOrder(item: Extract<CompareItem, { highlightRanges: unknown }>): void {
  let end = 0
  for (const { start, length } of item.highlightRanges) {
    expect(start).toBeGreaterThanOrEqual(end)
    expect(length).toBeGreaterThan(0)
    end = start + length
  }
  expect(end).toBeLessThanOrEqual(Buffer.byteLength(item.text))
}
