import { STRETCH_BYTES, type StretchIndex } from './stretch-index.ts'

/** So often the whole text is gone through until the dictionary is full; each time for what the times before left. */
const PASSES = 4
/** A part of the text is at least so many times as long as the segment that is chosen from it. */
const PART_SEGMENTS_MIN = 10

/**
 * The segments of the text that hold the most stretches of many pages, about `bytesMax` together, the best first. The text is
 * divided into parts and each gives its best segment in turn; what a segment holds counts for no other. Every stretch
 * of a segment stands on `PAGES_MIN` pages. (As FastCOVER does it: Liao, Petri, Moffat, Wirth 2016, and zstd's `fastcover.c`.)
 */
export function chooseSegments(index: StretchIndex, bytesMax: number, segmentBytes: number): Uint8Array[] {
  const { text } = index
  const worth = index.pages.slice()
  const finder = new SegmentFinder(index.stretches, worth, segmentBytes - STRETCH_BYTES + 1)
  const wanted = Math.max(1, Math.floor(bytesMax / segmentBytes / PASSES))
  const parts = Math.max(1, Math.min(wanted, Math.floor(text.length / (segmentBytes * PART_SEGMENTS_MIN))))
  const partLength = Math.ceil(text.length / parts)
  const chosen: Uint8Array[] = []
  let bytes = 0
  for (let part = 0, empty = 0; bytes < bytesMax && empty < parts; part = (part + 1) % parts) {
    const best = finder.best(part * partLength, Math.min(text.length, (part + 1) * partLength))
    empty = best === undefined ? empty + 1 : 0
    if (best === undefined) continue
    for (const [start, end] of sharedRuns(index, best.start, best.end)) {
      const run = text.subarray(start, Math.min(end, start + bytesMax - bytes))
      if (run.length < STRETCH_BYTES) continue
      chosen.push(run)
      bytes += run.length
    }
    for (let at = best.start; at < best.end; at++) worth[index.stretches[at] ?? 0] = 0
  }
  return chosen
}

/** Ranges of the text within which every stretch that begins from `start` to `end` is one of many pages. */
function sharedRuns({ stretches, pages }: StretchIndex, start: number, end: number): [number, number][] {
  const runs: [number, number][] = []
  let runStart = start
  for (let at = start; at <= end; at++) {
    if (at < end && (pages[stretches[at] ?? 0] ?? 0) > 0) continue
    if (at > runStart) runs.push([runStart, at + STRETCH_BYTES - 1])
    runStart = at + 1
  }
  return runs
}

/** Where its stretches begin. */
interface Segment {
  readonly start: number
  readonly end: number
}

class SegmentFinder {
  readonly #stretches: Uint32Array
  readonly #worth: Uint32Array
  readonly #length: number
  /** By stretch, how often it stands in the segment that is looked at. */
  readonly #counts: Uint32Array

  constructor(stretches: Uint32Array, worth: Uint32Array, length: number) {
    this.#stretches = stretches
    this.#worth = worth
    this.#length = length
    this.#counts = new Uint32Array(worth.length)
  }

  /** The segment that is worth the most, without what is worth nothing at its ends; undefined when none is worth anything. */
  best(start: number, end: number): Segment | undefined {
    let best: Segment | undefined
    let bestScore = 0
    let score = 0
    let first = start
    for (let at = start; at < end; at++) {
      score += this.#enters(this.#stretches[at] ?? 0)
      if (at - first === this.#length) score -= this.#leaves(this.#stretches[first++] ?? 0)
      if (score <= bestScore) continue
      bestScore = score
      best = { start: first, end: at + 1 }
    }
    for (; first < end; first++) this.#leaves(this.#stretches[first] ?? 0)
    return best === undefined ? undefined : this.#trimmed(best)
  }

  /** What the segment is worth more with it. */
  #enters(stretch: number): number {
    const count = this.#counts[stretch] ?? 0
    this.#counts[stretch] = count + 1
    return count === 0 ? (this.#worth[stretch] ?? 0) : 0
  }

  #leaves(stretch: number): number {
    const count = (this.#counts[stretch] ?? 0) - 1
    this.#counts[stretch] = count
    return count === 0 ? (this.#worth[stretch] ?? 0) : 0
  }

  #trimmed(segment: Segment): Segment {
    let { start, end } = segment
    while (start < end && this.#isWorthless(start)) start++
    while (end > start && this.#isWorthless(end - 1)) end--
    return { start, end }
  }

  #isWorthless(at: number): boolean {
    return this.#worth[this.#stretches[at] ?? 0] === 0
  }
}
