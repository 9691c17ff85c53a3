import { Worker } from 'node:worker_threads'
import type { BlockPlace } from './block-folder.ts'
import type { BlockReadOrder, BlockReadReport } from './block-read-thread.ts'

/** Blocks being read at a time; of more, each is read when somebody comes to it. */
const READS_MAX = 64

/** Reads blocks in a thread of its own, which is started for the first of them. */
export class BlockReadAhead implements Disposable {
  readonly #directory: string
  readonly #answers = new Map<number, (memory: ArrayBuffer | undefined) => void>()
  #thread: Worker | undefined
  #lastNumber = 0

  constructor(directory: string) {
    this.#directory = directory
  }

  get hasRoom(): boolean {
    return this.#answers.size < READS_MAX
  }

  /**
   * Reads a block to the beginning of the memory, which cannot be used here until then. Resolves with it, or with undefined
   * when the block could not be read or is not intact.
   */
  read(place: BlockPlace, length: number, memory: ArrayBuffer): Promise<ArrayBuffer | undefined> {
    this.#thread ??= this.#start()
    const number = ++this.#lastNumber
    const { promise, resolve } = Promise.withResolvers<ArrayBuffer | undefined>()
    this.#answers.set(number, resolve)
    // Somebody waits.
    this.#thread.ref()
    this.#thread.postMessage({ number, place, length, memory } satisfies BlockReadOrder, [memory])
    return promise
  }

  [Symbol.dispose](): void {
    void this.#thread?.terminate()
  }

  #start(): Worker {
    const thread = new Worker(new URL('./block-read-thread.ts', import.meta.url), {
      workerData: this.#directory,
    })
    thread.on('message', ({ number, memory, isRead }: BlockReadReport) =>
      this.#answer(number, isRead ? memory : undefined),
    )
    thread.on('error', () => undefined)
    thread.on('exit', () => this.#end())
    return thread
  }

  /** Another one is started for the next block. */
  #end(): void {
    this.#thread = undefined
    for (const number of this.#answers.keys()) this.#answer(number, undefined)
  }

  #answer(number: number, memory: ArrayBuffer | undefined): void {
    const answer = this.#answers.get(number)
    this.#answers.delete(number)
    answer?.(memory)
    if (this.#answers.size === 0) this.#thread?.unref()
  }
}
