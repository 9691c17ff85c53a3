import { BrokenFrameError, FrameTooLongError } from './errors.ts'

/** Cuts bytes into lines. What no line feed has ended is not given out: the connection may have cut it off. */
export class LineSplitter {
  readonly #lengthMax: number
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  #pieces: string[] = []
  #length = 0

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax
  }

  /** The lines that these bytes complete, without their line feeds. */
  *push(bytes: Uint8Array): Generator<string> {
    const text = this.#decode(bytes)
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#add(text.slice(start, end))
      const line = this.#pieces.join('')
      this.#pieces = []
      this.#length = 0
      start = end + 1
      yield line
    }
    this.#add(text.slice(start))
  }

  #add(piece: string): void {
    this.#length += piece.length
    if (this.#length > this.#lengthMax) throw new FrameTooLongError(this.#lengthMax)
    if (piece.length > 0) this.#pieces.push(piece)
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes, { stream: true })
    } catch (cause) {
      throw new BrokenFrameError('the stream is not UTF-8', { cause })
    }
  }
}
