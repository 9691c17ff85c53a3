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
  const short = units.flatMap(shortUnits)
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

/** The unit, or its clauses, or their words, or pieces of these, as long as they have to be. */
function shortUnits(unit: Unit): readonly Unit[] {
  if (textSize(unit.text) <= UNIT_SIZE_MAX) return [unit]
  const pieces = piecesOf(unit.text, WEAKER_MARKS)
  return pieces.map((piece, index) =>
    index === 0
      ? { ...piece, glue: unit.glue, omittedTemplates: unit.omittedTemplates }
      : { ...piece, omittedTemplates: 0 },
  )
}

type Piece = Pick<Unit, 'text' | 'glue'>

function piecesOf(text: string, marks: readonly RegExp[]): readonly Piece[] {
  const [mark, ...weakerMarks] = marks
  if (mark === undefined) return codePointPieces(text)
  const pieces: Piece[] = []
  let start = 0
  let glue = ''
  for (const end of [
    ...Array.from(text.matchAll(mark), (match) => match.index + match[0].length),
    text.length,
  ]) {
    const written = text.slice(start, end)
    const piece = written.trim()
    if (piece !== '') {
      const parts = textSize(piece) <= UNIT_SIZE_MAX ? [{ text: piece, glue }] : piecesOf(piece, weakerMarks)
      for (const [index, part] of parts.entries()) pieces.push(index === 0 ? { ...part, glue } : part)
    }
    glue = written.endsWith('\n') ? '\n' : written.endsWith(' ') ? ' ' : ''
    start = end
  }
  return pieces
}

const WEAKER_MARKS = [/\n/g, /[;:|] |[；：]/g, /[,،、，·] ?/g, / /g]

/** In a text without any white space. */
const PIECE_LENGTH = 150

function codePointPieces(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + PIECE_LENGTH, text.length)
    if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800 && end < text.length) end++
    pieces.push({ text: text.slice(start, end), glue: '' })
    start = end
  }
  return pieces
}

/** FNV-1a over UTF-16 units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}
