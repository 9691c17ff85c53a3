import { sentencesOf } from './sentences.ts'
import { SIZE_PER_LENGTH_MAX, textSize } from './text-size.ts'
import { UNIT_SIZE_MAX, type Unit } from './unit.ts'

/** The text of a chunk before it has an id. */
export interface UnitRun {
  readonly text: string
  /** What stands between the run before it in the same block and this one. */
  readonly glue: string
  readonly omittedTemplates: number
}

/** No two cuts are closer, and none is closer to an end of the block. All sizes are of `textSize`. */
const CUT_DISTANCE_MIN = 250
/** No run is larger, so no chunk is longer than so many characters, whatever counts as one. */
const RUN_SIZE_MAX = 1_200

/**
 * Cuts the units of a block into runs, at places that the text around them chooses: after a unit whose hash is the
 * smallest within `CUT_DISTANCE_MIN` before and behind it. So an edit moves no cut that is farther away than that.
 * Only where no such unit is found for long does a run end because it is full.
 */
export function cutUnits(units: readonly Unit[]): readonly UnitRun[] {
  const short: Unit[] = []
  for (const unit of units) addShortUnits(unit, short)
  const sizes = short.map((unit) => unit.glue.length + textSize(unit.text))
  const cuts = cutsAfter(short, sizes)
  const runs: UnitRun[] = []
  let run = new GrowingRun()
  for (const [index, unit] of short.entries()) {
    const size = sizes[index] as number
    if (run.size + size > RUN_SIZE_MAX || cuts.has(index - 1)) {
      run.addTo(runs)
      run = new GrowingRun()
    }
    run.push(unit, size)
  }
  run.addTo(runs)
  return runs
}

/** Indices of the units after which to cut. Looks at each unit a few times, however many there are. */
function cutsAfter(units: readonly Unit[], sizes: readonly number[]): ReadonlySet<number> {
  const ends: number[] = []
  for (const size of sizes) ends.push((ends.at(-1) ?? 0) + size)
  const whole = ends.at(-1) ?? 0
  const cuts = new Set<number>()
  if (whole < 2 * CUT_DISTANCE_MIN) return cuts
  const hashes = units.map(({ text }) => hashOf(text))
  const hashAt = (index: number) => hashes[index] as number
  const isNear = (a: number, b: number) =>
    Math.abs((ends[a] as number) - (ends[b] as number)) < CUT_DISTANCE_MIN
  let candidate = 0
  while (candidate < units.length) {
    let behind = candidate + 1
    while (behind < units.length && isNear(behind, candidate) && hashAt(behind) >= hashAt(candidate)) behind++
    const isSmallestBehind = behind === units.length || !isNear(behind, candidate)
    if (isSmallestBehind) {
      let before = candidate - 1
      while (before >= 0 && isNear(before, candidate) && hashAt(before) > hashAt(candidate)) before--
      const isSmallestBefore = before < 0 || !isNear(before, candidate)
      const end = ends[candidate] as number
      const isInside = end >= CUT_DISTANCE_MIN && whole - end >= CUT_DISTANCE_MIN
      if (isSmallestBefore && isInside) cuts.add(candidate)
    }
    candidate = behind
  }
  return cuts
}

class GrowingRun {
  size = 0
  #glue = ''
  #text = ''
  #omittedTemplates = 0

  push(unit: Unit, size: number): void {
    if (this.size === 0) {
      this.#glue = unit.glue
      this.#text = unit.text
    } else this.#text += unit.glue + unit.text
    this.size += size
    this.#omittedTemplates += unit.omittedTemplates
  }

  addTo(runs: UnitRun[]): void {
    if (this.size === 0) return
    runs.push({ text: this.#text, glue: this.#glue, omittedTemplates: this.#omittedTemplates })
  }
}

/** The unit, or its sentences, or their clauses, or words, or pieces of these: as small as they have to be. */
function addShortUnits(unit: Unit, short: Unit[]): void {
  if (isShort(unit)) short.push(unit)
  else for (const sentence of sentencesIn(unit)) addParts(sentence, WEAKER_MARKS, short)
}

function sentencesIn({ text, glue, omittedTemplates }: Unit): readonly Unit[] {
  return sentencesOf({ text, omittedAt: [] }).map((sentence, index) =>
    index === 0 ? { text: sentence.text, glue, omittedTemplates } : sentence,
  )
}

function addParts(unit: Unit, marks: readonly RegExp[], short: Unit[]): void {
  const [mark, ...weakerMarks] = marks
  if (isShort(unit)) short.push(unit)
  else if (mark === undefined) addCodePointPieces(unit, short)
  else for (const part of partsOf(unit, mark)) addParts(part, weakerMarks, short)
}

function isShort({ text }: Unit): boolean {
  return text.length * SIZE_PER_LENGTH_MAX <= UNIT_SIZE_MAX || textSize(text) <= UNIT_SIZE_MAX
}

/** The first part has the unit's own glue, and its dropped templates. */
function* partsOf({ text, glue, omittedTemplates }: Unit, mark: RegExp): Generator<Unit> {
  let start = 0
  let part = { glue, omittedTemplates }
  for (let end = 0; end < text.length; start = end) {
    mark.lastIndex = start
    end = mark.test(text) ? mark.lastIndex : text.length
    const written = text.slice(start, end)
    const trimmed = written.trim()
    if (trimmed === '') continue
    yield { text: trimmed, ...part }
    part = { glue: written.endsWith('\n') ? '\n' : written.endsWith(' ') ? ' ' : '', omittedTemplates: 0 }
  }
}

const WEAKER_MARKS = [/[;:|] |[；：]/g, /[,،、，·] ?/g, / /g]

/** In a text without any white space. */
const PIECE_LENGTH = 150

function addCodePointPieces({ text, glue, omittedTemplates }: Unit, short: Unit[]): void {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + PIECE_LENGTH, text.length)
    if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800 && end < text.length) end++
    const part = start === 0 ? { glue, omittedTemplates } : { glue: '', omittedTemplates: 0 }
    short.push({ text: text.slice(start, end), ...part })
    start = end
  }
}

/** FNV-1a over UTF-16 units, its bits mixed: the lowest bits of FNV-1a itself are little more than a parity. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
