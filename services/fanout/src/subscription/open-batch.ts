import type { Cursor } from '@freshet/protocol'
import type { Representation } from '../representation/representation.ts'

/** A batch ends with the change that fills so many bytes. Larger ones compress no better, and hold up what waits behind them. */
export const BATCH_BYTES_MAX = 64 * 1024

const COMMA = Buffer.from(',')

/** Changes that will be one frame. Their bytes are not copied until then. */
export class OpenBatch {
  readonly #representation: Representation
  readonly #pieces: Uint8Array[] = []
  #bytes = 0
  #changes = 0
  #cursor: Cursor | undefined

  constructor(representation: Representation) {
    this.#representation = representation
  }

  /** As they are, before anything is compressed. */
  get bytes(): number {
    return this.#bytes
  }

  /** How many changes more it may take; one of them may exceed the bytes. */
  get roomChanges(): number {
    return this.#bytes >= BATCH_BYTES_MAX ? 0 : this.#representation.batchMax - this.#changes
  }

  get roomBytes(): number {
    return BATCH_BYTES_MAX - this.#bytes
  }

  /** Changes in order, with commas between them. */
  add(pieces: readonly Uint8Array[], changes: number, cursor: Cursor): void {
    if (this.#changes > 0) this.#pieces.push(COMMA)
    for (const piece of pieces) {
      this.#pieces.push(piece)
      this.#bytes += piece.length
    }
    this.#changes += changes
    this.#cursor = cursor
  }

  frame(): Uint8Array {
    if (this.#cursor === undefined) throw new Error('a batch without a change was to be sent')
    return this.#representation.batch(this.#pieces, this.#cursor)
  }
}
