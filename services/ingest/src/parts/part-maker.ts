import type { Part } from '@freshet/protocol'
import { Piscina } from 'piscina'
import { onPartsCoarse } from '../metrics.ts'
import type { MadeParts, PartInput } from './part-input.ts'
import type { PartTask } from './part-worker.ts'
import { coarsePartsOf, partsOf } from './parts-of.ts'

export interface PartMakerOptions {
  /** Which parts are worked out, in the order they lie in a change. */
  readonly parts: readonly Part[]
  readonly threads: number
  /** How long one page may take before it gets the coarse form. */
  readonly deadlineMs: number
}

/** Works parts out in threads, so that no page, whatever its size, keeps requests and streams waiting. */
export class PartMaker implements AsyncDisposable {
  readonly #options: PartMakerOptions
  readonly #pool: Piscina<PartTask, MadeParts>

  constructor(options: PartMakerOptions) {
    this.#options = options
    this.#pool = new Piscina<PartTask, MadeParts>({
      filename: new URL('part-worker.ts', import.meta.url).href,
      minThreads: options.threads,
      maxThreads: options.threads,
    })
  }

  async make(input: PartInput): Promise<MadeParts> {
    const { parts, deadlineMs } = this.#options
    if (input.text.status === 'unavailable') return partsOf(input, parts, undefined)
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), deadlineMs)
    try {
      return await this.#pool.run({ input, parts }, { signal: deadline.signal })
    } catch (error) {
      // The thread was ended in the middle of the work; the pool starts another.
      if (!deadline.signal.aborted) throw error
      onPartsCoarse(input.edit.newTitle)
      return coarsePartsOf(input, parts)
    } finally {
      clearTimeout(timer)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy()
  }
}
