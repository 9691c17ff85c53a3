import { isUtf8 } from 'node:buffer'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { type Piece, PieceSplitter } from './piece-splitter.ts'

/** One complete frame of an event stream that carries data, or what cannot be taken as one. */
export interface EventFrame {
  readonly id: undefined | string
  readonly event: undefined | string
  readonly data: string
  /** Why `data` is not what was sent; `bytes` is the beginning of it, as it came. */
  readonly flaw: undefined | { readonly reason: string; readonly bytes: Uint8Array }
  /** Where the next frame starts, in bytes from the first one that was pushed. */
  readonly endOffset: number
}

/**
 * Reads server-sent events. Frames are cut out as bytes before they are decoded, so that one which the end of the
 * connection has cut is never half-read, and one over the bound is passed by without being held.
 */
export class EventFrames {
  readonly #bytesMax: number
  readonly #splitter: PieceSplitter
  readonly #messages: EventSourceMessage[] = []
  readonly #parser = createParser({ onEvent: (message) => this.#messages.push(message) })

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
    this.#splitter = new PieceSplitter({ endsWith: 'blank-line', bytesMax })
  }

  /** The frames that this chunk completes; those without data (comments) are left out. */
  push(chunk: Uint8Array): readonly EventFrame[] {
    return this.#splitter.push(chunk).flatMap((piece) => this.#framesOf(piece))
  }

  /** What stands behind the last complete frame. Of a connection that broke nobody should ask for it. */
  end(): readonly EventFrame[] {
    const piece = this.#splitter.end()
    if (piece === undefined) return []
    const frames = this.#framesOf(piece)
    if (frames.length > 0 || piece.bytes.toString('latin1', 0, 1) === ':') return frames
    const flaw = { reason: 'the event is cut off before its data', bytes: piece.bytes }
    return [{ id: undefined, event: undefined, data: '', flaw, endOffset: piece.endOffset }]
  }

  #framesOf(piece: Piece): readonly EventFrame[] {
    this.#parser.feed(`${piece.bytes.toString()}\n\n`)
    const flaw = this.#flawOf(piece)
    const { endOffset } = piece
    const messages = this.#messages.splice(0)
    // A frame so long that its beginning holds no data yet is told of all the same.
    if (piece.isTooLong && messages.length === 0) messages.push({ data: '' })
    return messages.map(({ id, event, data }) => ({ id, event, data, flaw, endOffset }))
  }

  #flawOf(piece: Piece): EventFrame['flaw'] {
    if (piece.isTooLong)
      return { reason: `an event of more than ${this.#bytesMax} bytes`, bytes: piece.bytes }
    return isUtf8(piece.bytes) ? undefined : { reason: 'the event is not UTF-8', bytes: piece.bytes }
  }
}
