import { Worker } from 'node:worker_threads'
import type { BlockPlace } from './block-folder.ts'
import type { BlockReadOrder, BlockReadReport } from './block-read-thread.ts'

/** Blocks being read at a time; of more, each is read when somebody comes to it. */
const READS_MAX = 64

/** Reads blocks in a thread of its own, which is started for the first of them. */
export class BlockReadAhead implements Disposable {
  readonly #directory: string
  readonly #answers = new Map<number, (isRead: boolean) => void>()
  #thread: Worker | undefined
  #lastNumber = 0

  constructor(directory: string) {
    this.#directory = directory
  }

  get hasRoom(): boolean {
    return this.#answers.size < READS_MAX
  }

  /** Fills the target. Resolves with whether the block is in it, and intact. */
  read(place: BlockPlace, target: Uint8Array<SharedArrayBuffer>): Promise<boolean> {
    this.#thread ??= this.#start()
    const number = ++this.#lastNumber
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#answers.set(number, resolve)
    // Somebody waits.
    this.#thread.ref()
    this.#thread.postMessage({ number, place, target } satisfies BlockReadOrder)
    return promise
  }

  [Symbol.dispose](): void {
    void this.#thread?.terminate()
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
