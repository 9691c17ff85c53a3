/** A run of a subscriber with the usual bounds fits, with the text around its changes; a larger one has a buffer of its own. */
const BUFFER_BYTES = 384 * 1024
/** So has a smaller one: it would hold so much more than it needs. */
const RUN_BYTES_MIN = 32 * 1024

/** Buffers that wait for the next run; more are left to the garbage collector. */
const FREE_MAX = 32

/**
 * Buffers for the frames of replay, used again when the operating system has taken what was in them: memory that was just
 * written to is in the processor's cache, and new memory for every quarter of a megabyte is what replay would cost most.
 */
export class RunBuffers {
  readonly #free: Buffer[] = []
  readonly #lent = new WeakMap<ArrayBufferLike, Buffer>()

  take(bytes: number): Buffer {
    if (bytes < RUN_BYTES_MIN || bytes > BUFFER_BYTES) return Buffer.allocUnsafeSlow(bytes)
    const buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES)
    this.#lent.set(buffer.buffer, buffer)
    return buffer
  }

  /** Whether the frames are in a buffer that waits to be given back. */
  isLent(frames: Uint8Array): boolean {
    return this.#lent.has(frames.buffer)
  }

  /** Nobody may look at the frames any more. Anything but what was made in a buffer of `take` is ignored. */
  giveBack(frames: Uint8Array): void {
    const buffer = this.#lent.get(frames.buffer)
    if (buffer === undefined) return
    this.#lent.delete(frames.buffer)
    if (this.#free.length < FREE_MAX) this.#free.push(buffer)
  }
}

/** Of the process: no run is longer in its buffer than until it is written. */
export const RUN_BUFFERS = new RunBuffers()
