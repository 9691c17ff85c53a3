import { BrokenFrameError, FrameTooLongError } from './errors.ts'

const LINE_FEED = 0x0a

/** Cuts bytes into lines. What no line feed has ended is not given out: the connection may have cut it off. */
export class LineSplitter {
  readonly #bytesMax: number
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  #pieces: Uint8Array[] = []
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** The lines that these bytes complete, without their line feeds. */
  *push(bytes: Uint8Array): Generator<string> {
    let start = 0
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      this.#add(bytes.subarray(start, end))
      start = end + 1
      yield this.#takeLine()
    }
    this.#add(bytes.subarray(start))
  }

  #add(piece: Uint8Array): void {
    this.#bytes += piece.length
    if (this.#bytes > this.#bytesMax) throw new FrameTooLongError(this.#bytesMax)
    if (piece.length > 0) this.#pieces.push(piece)
  }

  #takeLine(): string {
    const line = joined(this.#pieces, this.#bytes)
    this.#pieces = []
    this.#bytes = 0
    try {
      return this.#decoder.decode(line)
    } catch (cause) {
      throw new BrokenFrameError('a line of the stream is not UTF-8', { cause })
    }
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = pieces
  if (pieces.length === 1 && only !== undefined) return only
  const line = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    line.set(piece, at)
    at += piece.length
  }
  return line
}
