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

/** A page whose parts are asked for. */
interface Page {
  readonly input: PartInput
  readonly made: PromiseWithResolvers<MadeParts>
}

/** UTF-16 units of text, after which no further page goes to a thread along with those before. */
const GROUP_LENGTH_MAX = 256 * 1024

/** Works parts out in threads, so that no page, whatever its size, keeps requests and streams waiting. */
export class PartMaker implements AsyncDisposable {
  readonly #options: PartMakerOptions
  readonly #pool: Piscina<PartTask, readonly MadeParts[]>
  #asked: Page[] = []

  constructor(options: PartMakerOptions) {
    this.#options = options
    this.#pool = new Piscina<PartTask, readonly MadeParts[]>({
      filename: new URL('part-worker.ts', import.meta.url).href,
      minThreads: options.threads,
      maxThreads: options.threads,
    })
  }

  /**
   * Pages that are asked for in one turn go to the threads in groups: a thread does not stand idle after each page until the
   * event loop, which has other work too, sends it the next.
   */
  async make(input: PartInput): Promise<MadeParts> {
    if (input.text.status === 'unavailable') return partsOf(input, this.#options.parts, undefined)
    const made = Promise.withResolvers<MadeParts>()
    if (this.#asked.push({ input, made }) === 1) queueMicrotask(() => this.#makeAsked())
    return made.promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy()
  }

  #makeAsked(): void {
    const pages = this.#asked
    this.#asked = []
    const length = pages.reduce((sum, { input }) => sum + lengthOf(input), 0)
    const lengthMax = Math.min(GROUP_LENGTH_MAX, length / this.#options.threads)
    for (const group of groupsOf(pages, lengthMax)) void this.#make(group)
  }

  async #make(pages: readonly Page[]): Promise<void> {
    const { parts } = this.#options
    try {
      const all = await this.#inThread(pages.map(({ input }) => input))
      if (all !== undefined) {
        for (const [index, { made }] of pages.entries()) made.resolve(all[index] as MadeParts)
      } else if (pages.length > 1) {
        // Which of them took so long is found out page by page, each with the whole time for itself.
        for (const page of pages) await this.#make([page])
      } else {
        for (const { input, made } of pages) {
          onPartsCoarse(input.edit.newTitle)
          made.resolve(coarsePartsOf(input, parts))
        }
      }
    } catch (error) {
      for (const { made } of pages) made.reject(error)
    }
  }

  /** Undefined when it took longer than the deadline: the thread was ended in the middle of the work, the pool starts another. */
  async #inThread(inputs: readonly PartInput[]): Promise<readonly MadeParts[] | undefined> {
    const { parts, deadlineMs } = this.#options
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), deadlineMs)
    try {
      return await this.#pool.run({ inputs, parts }, { signal: deadline.signal })
    } catch (error) {
      if (!deadline.signal.aborted) throw error
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }
}

/** In order; each has at least one page, and ends with the page that reaches the length. */
function groupsOf(pages: readonly Page[], lengthMax: number): readonly (readonly Page[])[] {
  const groups: Page[][] = []
  let length = Number.POSITIVE_INFINITY
  for (const page of pages) {
    if (length >= lengthMax) {
      groups.push([])
      length = 0
    }
    groups.at(-1)?.push(page)
    length += lengthOf(page.input)
  }
  return groups
}

function lengthOf({ base, text }: PartInput): number {
  return [base, text].reduce((sum, side) => sum + (side.status === 'available' ? side.text.length : 0), 0)
}
