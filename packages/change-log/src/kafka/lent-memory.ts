import { isMarkedAsUntransferable } from 'node:worker_threads'

/**
 * The memory of a buffer that one or several readers look at. It is freed when the last of them has given it back, and left to
 * the garbage collector when one never does. The engine looks for garbage each time that so many bytes of buffers were
 * allocated, whatever is in them: at the pace of replay several times a second, which would cost more than all of the reading.
 */
export class LentMemory {
  readonly #memory: ArrayBufferLike
  #readers = 1

  /** Nobody but the readers may have a part of the buffer's memory, except where it is Node's pool. */
  constructor(buffer: Buffer) {
    this.#memory = buffer.buffer
  }

  /** To one reader more. */
  lend(): void {
    this.#readers++
  }

  giveBack(): void {
    this.#readers--
    if (this.#readers > 0 || !(this.#memory instanceof ArrayBuffer)) return
    // Node marks its pool, of which small buffers are parts. What the memory is transferred to is empty, so it is freed at once.
    if (!isMarkedAsUntransferable(this.#memory)) this.#memory.transfer(0)
  }
}
