import { textSize } from './text-size.ts'
import { UNIT_SIZE_MAX, type Unit } from './unit.ts'

/** The text of a chunk before it has an id. */
export interface UnitRun {
  readonly text: string
  /** What stands between the run before it in the same block and this one. */
  readonly glue: string
  readonly omittedTemplates: number
}

/** A block up to this size is one chunk. All sizes are of `textSize`. */
const BLOCK_SIZE_MAX = 900
/** A larger one may be cut where a run has this size, */
const RUN_SIZE_MIN = 250
/** and is cut before a run gets larger than this: no chunk is longer than so many characters, whatever counts as one. */
const RUN_SIZE_MAX = 1_200
/** Of the ends of units about one in two is a place to cut. */
const CUT_MASK = 1

/**
 * Cuts the units of a block into runs, at places that the text itself chooses: after a unit whose hash says so. An edit
 * therefore changes the runs it touches, and the cuts behind it fall where they fell before.
 */
export function cutUnits(units: readonly Unit[]): readonly UnitRun[] {
  const short: Unit[] = []
  for (const unit of units) addShortUnits(unit, WEAKER_MARKS, short)
  const sizes = short.map((unit) => unit.glue.length + textSize(unit.text))
  const isCut = sizes.reduce((sum, size) => sum + size, 0) > BLOCK_SIZE_MAX
  const runs: UnitRun[] = []
  let run = new GrowingRun()
  for (const [index, unit] of short.entries()) {
    const size = sizes[index] as number
    if (run.size + size > RUN_SIZE_MAX) {
      run.addTo(runs)
      run = new GrowingRun()
    }
    run.push(unit, size)
    if (isCut && run.size >= RUN_SIZE_MIN && (fnv1a(unit.text) & CUT_MASK) === 0) {
      run.addTo(runs)
      run = new GrowingRun()
    }
  }
  run.addTo(runs)
  return runs
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

/** The unit, or its clauses, or their words, or pieces of these, as small as they have to be. */
function addShortUnits(unit: Unit, marks: readonly RegExp[], short: Unit[]): void {
  const [mark, ...weakerMarks] = marks
  if (textSize(unit.text) <= UNIT_SIZE_MAX) short.push(unit)
  else if (mark === undefined) addCodePointPieces(unit, short)
  else for (const part of partsOf(unit, mark)) addShortUnits(part, weakerMarks, short)
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

const WEAKER_MARKS = [/\n/g, /[;:|] |[；：]/g, /[,،、，·] ?/g, / /g]

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

/** FNV-1a over UTF-16 units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}
