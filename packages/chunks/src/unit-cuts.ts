import { UNIT_LENGTH_MAX, type Unit } from './unit.ts'

/** The text of a chunk before it has an id. */
export interface UnitRun {
  readonly text: string
  /** What stands between the run before it in the same block and this one. */
  readonly glue: string
  readonly omittedTemplates: number
}

/** A block up to this length is one chunk. */
const BLOCK_LENGTH_MAX = 900
/** A longer one may be cut after so many characters, */
const RUN_LENGTH_MIN = 250
/** and is cut before it has more than so many. UTF-16 units, so a chunk never has more code points either. */
export const RUN_LENGTH_MAX = 1_200
/** Of the ends of units about one in four is a place to cut. */
const CUT_MASK = 3

/**
 * Cuts the units of a block into runs, at places that the text itself chooses: after a unit whose hash says so. An edit
 * therefore changes the runs it touches, and the cuts behind it fall where they fell before.
 */
export function cutUnits(units: readonly Unit[]): readonly UnitRun[] {
  const short = units.flatMap(shortUnits)
  const length = short.reduce((sum, unit) => sum + unit.glue.length + unit.text.length, 0)
  const isCut = length > BLOCK_LENGTH_MAX
  const runs: UnitRun[] = []
  let run = new GrowingRun()
  for (const unit of short) {
    if (run.lengthWith(unit) > RUN_LENGTH_MAX) {
      run.addTo(runs)
      run = new GrowingRun()
    }
    run.push(unit)
    if (isCut && run.length >= RUN_LENGTH_MIN && (fnv1a(unit.text) & CUT_MASK) === 0) {
      run.addTo(runs)
      run = new GrowingRun()
    }
  }
  run.addTo(runs)
  return runs
}

class GrowingRun {
  length = 0
  #glue = ''
  #text = ''
  #omittedTemplates = 0

  lengthWith(unit: Unit): number {
    return this.length === 0 ? unit.text.length : this.length + unit.glue.length + unit.text.length
  }

  push(unit: Unit): void {
    if (this.length === 0) this.#glue = unit.glue
    this.#text += this.length === 0 ? unit.text : unit.glue + unit.text
    this.length = this.#text.length
    this.#omittedTemplates += unit.omittedTemplates
  }

  addTo(runs: UnitRun[]): void {
    if (this.length === 0) return
    runs.push({ text: this.#text, glue: this.#glue, omittedTemplates: this.#omittedTemplates })
  }
}

/** The unit, or its clauses, or their words, or pieces of these, as long as they have to be. */
function shortUnits(unit: Unit): readonly Unit[] {
  if (unit.text.length <= UNIT_LENGTH_MAX) return [unit]
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
      const parts = piece.length <= UNIT_LENGTH_MAX ? [{ text: piece, glue }] : piecesOf(piece, weakerMarks)
      for (const [index, part] of parts.entries()) pieces.push(index === 0 ? { ...part, glue } : part)
    }
    glue = written.endsWith('\n') ? '\n' : written.endsWith(' ') ? ' ' : ''
    start = end
  }
  return pieces
}

const WEAKER_MARKS = [/\n/g, /[;:|] |[；：]/g, /[,،、，·] ?/g, / /g]

/** In a text without any white space. */
const PIECE_LENGTH = 200

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
