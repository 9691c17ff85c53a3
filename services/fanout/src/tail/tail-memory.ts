/** Small enough that a frame that stays, since its partner does not take it, keeps little else. */
const SLAB_BYTES = 64 * 1024

/** A larger piece has memory of its own. */
const PIECE_BYTES_MAX = SLAB_BYTES / 4

/**
 * Where the tail keeps its bytes: next to those that come and go at the same time, and to nothing else. What it is given is a view
 * of a block of the log or of Node's pool for small buffers, and would keep all of that; and memory for each piece alone
 * would leave the heap full of holes.
 */
export class TailMemory {
  #slab = Buffer.alloc(0)
  #used = 0

  /** A copy of the pieces, one behind the other. */
  keep(...pieces: readonly Uint8Array[]): Buffer {
    const own = this.#take(pieces.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const piece of pieces) {
      own.set(piece, at)
      at += piece.length
    }
    return own
  }

  #take(bytes: number): Buffer {
    if (bytes > PIECE_BYTES_MAX) return Buffer.allocUnsafeSlow(bytes)
    if (this.#used + bytes > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
      this.#used = 0
    }
    const start = this.#used
    this.#used += bytes
    return this.#slab.subarray(start, this.#used)
  }
}
