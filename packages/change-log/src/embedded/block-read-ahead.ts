import { Worker } from 'node:worker_threads'
import { USUAL_BLOCK_BYTES_MAX } from './block.ts'
import type { BlockPlace } from './block-folder.ts'
import type { BlockReadOrder, BlockReadReport } from './block-read-thread.ts'

/** Blocks being read at a time; of more, each is read when somebody comes to it. */
const SLOTS_MAX = 32

/**
 * Reads blocks in a thread of its own, which is started for the first of them, by way of memory that both threads have: what went
 * there and came back would count as new each time, and have the garbage collector go through the whole heap for it.
 */
export class BlockReadAhead implements Disposable {
  readonly #directory: string
  readonly #answers = new Map<number, (isRead: boolean) => void>()
  readonly #freeSlots: Buffer[] = []
  #slots = 0
  #thread: Worker | undefined
  #lastNumber = 0

  constructor(directory: string) {
    this.#directory = directory
  }

  /**
   * Resolves with a block in the memory that `take` gives, or with undefined when it could not be read or is not intact; undefined
   * at once when as many as can be are being read, or the block is larger than most.
   */
  read(
    place: BlockPlace,
    length: number,
    take: (bytes: number) => ArrayBuffer,
  ): Promise<Uint8Array | undefined> | undefined {
    const slot = length > USUAL_BLOCK_BYTES_MAX ? undefined : this.#slot()
    return slot && this.#read(place, length, slot, take)
  }

  [Symbol.dispose](): void {
    void this.#thread?.terminate()
  }

  async #read(
    place: BlockPlace,
    length: number,
    slot: Buffer,
    take: (bytes: number) => ArrayBuffer,
  ): Promise<Uint8Array | undefined> {
    const isRead = await this.#order(place, slot.subarray(0, length))
    const block = isRead ? new Uint8Array(take(length), 0, length) : undefined
    if (block !== undefined) slot.copy(block, 0, 0, length)
    this.#freeSlots.push(slot)
    return block
  }

  #slot(): Buffer | undefined {
    const free = this.#freeSlots.pop()
    if (free !== undefined || this.#slots === SLOTS_MAX) return free
    this.#slots++
    return Buffer.from(new SharedArrayBuffer(USUAL_BLOCK_BYTES_MAX))
  }

  #order(place: BlockPlace, target: Uint8Array): Promise<boolean> {
    this.#thread ??= this.#start()
    const number = ++this.#lastNumber
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#answers.set(number, resolve)
    // Somebody waits.
    this.#thread.ref()
    this.#thread.postMessage({ number, place, target } satisfies BlockReadOrder)
    return promise
  }

  #start(): Worker {
    const thread = new Worker(new URL('./block-read-thread.ts', import.meta.url), {
      workerData: this.#directory,
    })
    thread.on('message', ({ number, isRead }: BlockReadReport) => this.#answer(number, isRead))
    thread.on('error', () => undefined)
    thread.on('exit', () => this.#end())
    return thread
  }

  /** Another one is started for the next block. */
  #end(): void {
    this.#thread = undefined
    for (const number of this.#answers.keys()) this.#answer(number, false)
  }

  #answer(number: number, isRead: boolean): void {
    const answer = this.#answers.get(number)
    this.#answers.delete(number)
    answer?.(isRead)
    if (this.#answers.size === 0) this.#thread?.unref()
  }
}
