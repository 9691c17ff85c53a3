/** A line, or a frame of lines that ends with a blank one. */
export interface Piece {
  /** Without the line break behind it; of a piece over the bound only its beginning. */
  readonly bytes: Buffer
  readonly isTooLong: boolean
  /** Where the next piece starts, in bytes from the first one that was pushed. */
  readonly endOffset: number
}

export interface PieceSplitterOptions {
  readonly endsWith: 'line-break' | 'blank-line'
  /** A piece of more bytes than this is passed on as its beginning only, so that none is ever held whole. */
  readonly bytesMax: number
}

/** What is kept of a piece over the bound: enough to see what it was. */
const BEGINNING_BYTES = 64 * 1024
const LF = 10
const CR = 13

/** Cuts a flow of bytes into pieces, however the chunks fall. Lines end with LF or CRLF; empty pieces are left out. */
export class PieceSplitter {
  readonly #options: PieceSplitterOptions
  #held: Uint8Array[] = []
  #heldBytes = 0
  #isTooLong = false
  #lineBytes = 0
  #lastByte = 0
  #offset = 0

  constructor(options: PieceSplitterOptions) {
    this.#options = options
  }

  /** The pieces that this chunk completes. */
  push(chunk: Uint8Array): readonly Piece[] {
    const pieces: Piece[] = []
    let pieceStart = 0
    let lineStart = 0
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
      const lineBytes = this.#lineBytes + at - lineStart
      const isBlank = lineBytes === 0 || (lineBytes === 1 && this.#byteBefore(chunk, at) === CR)
      this.#lineBytes = 0
      lineStart = at + 1
      if (this.#options.endsWith === 'blank-line' && !isBlank) continue
      this.#hold(chunk.subarray(pieceStart, at))
      const piece = this.#take(this.#offset + at + 1)
      if (piece !== undefined) pieces.push(piece)
      pieceStart = at + 1
    }
    this.#hold(chunk.subarray(pieceStart))
    this.#lineBytes += chunk.length - lineStart
    this.#lastByte = chunk.at(-1) ?? this.#lastByte
    this.#offset += chunk.length
    return pieces
  }

  /** What stands behind the last complete piece. */
  end(): undefined | Piece {
    return this.#take(this.#offset)
  }

  #byteBefore(chunk: Uint8Array, at: number): undefined | number {
    return at === 0 ? this.#lastByte : chunk[at - 1]
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#isTooLong) return
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
    if (this.#heldBytes <= this.#options.bytesMax) return
    this.#isTooLong = true
    this.#held = [Buffer.concat(this.#held, Math.min(BEGINNING_BYTES, this.#options.bytesMax))]
  }

  #take(endOffset: number): undefined | Piece {
    const held = Buffer.concat(this.#held)
    const isTooLong = this.#isTooLong
    this.#held = []
    this.#heldBytes = 0
    this.#isTooLong = false
    let length = held.length
    while (!isTooLong && (held[length - 1] === CR || held[length - 1] === LF)) length -= 1
    return length === 0 ? undefined : { bytes: held.subarray(0, length), isTooLong, endOffset }
  }
}
