import { setImmediate as nextTurn } from 'node:timers/promises'
import { InMemoryChangeLog } from '@freshet/change-log'
import { decodeCursor, UNBATCHED } from '@freshet/protocol'
import { describe, expect, it, vi } from 'vitest'
import { SharedFilters } from '../matching/shared-filters.ts'
import { Representation } from '../representation/representation.ts'
import { Tail } from '../tail/tail.ts'
import { changeRecord, changesTopic } from '../testing/change-records.ts'
import { InMemoryTransport } from '../transport/in-memory-transport.ts'
import { WakeUp } from '../wake-up.ts'
import { CatchingUp } from './catching-up.ts'
import { Delivery } from './delivery.ts'
import { StreamEnd } from './stream-end.ts'

const CHANGES = 40
const PARTITIONS = 3

interface Read {
  readonly lines: readonly string[]
  /** How many frames were made for it. */
  readonly rendered: number
}

describe('a reader that catches up from the tail', () => {
  it('has only its first change rendered when another has come from where it comes from', async () => {
    await using scene = await Scene.open()
    const first = await scene.readFrom(scene.start)
    const second = await scene.readFrom(scene.start)
    expect(first.lines).toHaveLength(CHANGES)
    expect(second.lines).toEqual(first.lines)
    expect([first.rendered, second.rendered]).toEqual([CHANGES, 1])
  })

  it('has cursors of its own from a place where the tail never was', async () => {
    await using scene = await Scene.open()
    const [ahead = 0n, ...others] = scene.tail.offsets
    const before = await scene.readFrom(scene.start)
    const place = [ahead, ...others.map(() => 0n)]
    const { lines } = await scene.readFrom(place)
    const read = lines.map((line) => scene.offsetsIn(line))
    expect(read.every(([first]) => first === ahead)).toBe(true)
    expect(lines).toHaveLength(before.lines.length - Number(ahead))
  })
})

/** A tail that has all of a log. */
class Scene implements AsyncDisposable {
  readonly tail: Tail
  readonly start: readonly bigint[]
  readonly #log: InMemoryChangeLog
  readonly #abort: AbortController
  readonly #following: Promise<void>

  static async open(): Promise<Scene> {
    const log = new InMemoryChangeLog()
    await log.ensureTopics([changesTopic(PARTITIONS, undefined)])
    const tail = await Tail.open({ log, bytesMax: 1_000_000, batchBytesMax: 1_000 })
    const abort = new AbortController()
    const scene = new Scene(log, tail, abort)
    await log.append(Array.from({ length: CHANGES }, (_, page) => changeRecord(`c${page}`, { page })))
    while (tail.nextSequence < CHANGES) await nextTurn()
    return scene
  }

  private constructor(log: InMemoryChangeLog, tail: Tail, abort: AbortController) {
    this.#log = log
    this.tail = tail
    this.start = [...tail.offsets]
    this.#abort = abort
    this.#following = tail.follow(abort.signal, () => undefined)
  }

  /** Everything from there up to the tip of the tail. */
  async readFrom(start: readonly bigint[]): Promise<Read> {
    const transport = new InMemoryTransport('ndjson')
    const filters = new SharedFilters({ valuesMax: 100, watchLists: new Map() })
    const representation = new Representation('ndjson', ['core'], 'default', UNBATCHED)
    const rendering = vi.spyOn(representation, 'change')
    const [filter, clock] = [filters.acquire({}), Date.now]
    const reader = new CatchingUp(
      {
        log: this.#log,
        tail: this.tail,
        delivery: new Delivery({ transport, filter, representation, unsentBytesMax: 1_000_000, clock }),
        end: await StreamEnd.of(this.#log, [], undefined, 0),
        wakeUp: new WakeUp(),
        readBatchBytesMax: 1_000,
        clock,
        signal: this.#abort.signal,
      },
      start,
    )
    expect(await reader.run()).toBe(this.tail.nextSequence)
    return { lines: transport.take().trim().split('\n'), rendered: rendering.mock.calls.length }
  }

  offsetsIn(line: string): readonly bigint[] {
    return decodeCursor(JSON.parse(line).cursor, { id: this.#log.id, ends: this.tail.ends })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await this.#following
  }
}
