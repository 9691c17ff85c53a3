import { setImmediate as nextTurn } from 'node:timers/promises'
import { InMemoryChangeLog, LogUnavailableError, type ReadOptions } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import { compileFilter, decodeCursor, type Filter, parseFilter, UNBATCHED } from '@freshet/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LogFollower } from '../log-follower.ts'
import { SharedFilters } from '../matching/shared-filters.ts'
import { controlBytes, Representation } from '../representation/representation.ts'
import { readStoredChange } from '../stored-change.ts'
import { Tail } from '../tail/tail.ts'
import { changeRecord, changesTopic } from '../testing/change-records.ts'
import { InMemoryTransport } from '../transport/in-memory-transport.ts'
import { Broadcast } from './broadcast.ts'
import { Delivery } from './delivery.ts'
import { StreamEnd } from './stream-end.ts'
import { Subscription } from './subscription.ts'

/** What happens to a subscription, in any order. */
type Step =
  | { readonly type: 'append'; readonly count: number; readonly isDamaged: boolean }
  /** The partner reads all that is on its way. */
  | { readonly type: 'take' }
  | { readonly type: 'update'; readonly filter: Filter }
  /** The connection breaks, and what was on its way is lost; the partner comes back with its last cursor. */
  | { readonly type: 'cut' }
  /** The server ends and another goes on, whose tail begins at the end of the log. */
  | { readonly type: 'restart' }
  | { readonly type: 'tick' }
  | { readonly type: 'turns'; readonly count: number }
  | { readonly type: 'outage'; readonly turns: number }
  | { readonly type: 'retention' }

interface Frame {
  readonly type: string
  readonly cursor: string
  readonly from: string
  readonly to: string
  readonly state: string
  readonly reason: string
  readonly change: { readonly id: string }
  readonly changes: readonly { readonly id: string }[]
}

const PARTITIONS = 3
const PAGES = 5
const WIKIS = ['awiki', 'bwiki', 'cwiki']
/** Runs go on side by side, as most of a run is waiting, and as what they interleave with is a fault of its own. */
const RUNS_AT_ONCE = 10
const RUNS = 30
/** Crossings from the log to the tail; runs are repeated until there were as many. */
const CROSSINGS_MIN = Number(process.env.FRESHET_TEST_CROSSINGS ?? 0)
const TIMEOUT_MS = 30_000 + CROSSINGS_MIN * 20

const filter = fc.constantFrom<Filter>(
  ...[{}, { wiki: 'awiki' }, { wiki: ['bwiki', 'cwiki'] }, { not: { wiki: 'bwiki' } }, { wiki: 'none' }].map(
    parseFilter,
  ),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 12 }),
      isDamaged: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
  },
  { weight: 5, arbitrary: fc.constant({ type: 'take' as const }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('update' as const), filter }) },
  { weight: 2, arbitrary: fc.constant({ type: 'cut' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'restart' as const }) },
  { weight: 2, arbitrary: fc.constant({ type: 'tick' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('turns' as const), count: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('outage' as const), turns: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ type: 'retention' as const }) },
)

const steps = fc.array(step, { minLength: 5, maxLength: 60 })
const batchMax = fc.constantFrom(UNBATCHED, UNBATCHED, 2, 5, 100)

/** What the faults led to, over all runs: a test in which nothing happens proves nothing. */
const seen = {
  live: 0,
  catchingUp: 0,
  retentionGaps: 0,
  damaged: 0,
  outages: 0,
  cuts: 0,
  restarts: 0,
  updates: 0,
  /** Frames of several changes. */
  batches: 0,
}

class OutageLog extends InMemoryChangeLog {
  outage = new AbortController()

  override async *read(options: ReadOptions) {
    const signal = AbortSignal.any([options.signal, this.outage.signal])
    yield* super.read({ ...options, signal })
    if (!options.signal.aborted) throw new LogUnavailableError('broken by a test')
  }
}

class World {
  /** The most changes in a frame. */
  readonly #batchMax: number
  readonly log = new OutageLog()
  readonly #filters = new SharedFilters({ valuesMax: 1_000, watchLists: new Map() })
  #stop = new AbortController()
  #tail: Tail | undefined
  #broadcast: Broadcast | undefined
  #following: Promise<unknown> | undefined
  #transport = new InMemoryTransport('ndjson')
  #subscription: Subscription | undefined
  /** Filters of updates that the partner has not heard of yet. */
  #updates: Filter[] = []
  /** The model: every record ever appended, by partition and offset, and where the partner is. */
  readonly #records: { readonly id: string; readonly wiki: string | undefined }[][] = Array.from(
    { length: PARTITIONS },
    () => [],
  )
  #heard = Array<bigint>(PARTITIONS).fill(0n)
  #heardFilter: Filter = {}
  #appended = 0
  #clockMs = 0

  constructor(batchMax: number) {
    this.#batchMax = batchMax
  }

  async start(): Promise<void> {
    await this.log.ensureTopics([changesTopic(PARTITIONS, 1_000)])
    await this.#startServer()
  }

  async #startServer(): Promise<void> {
    this.#stop = new AbortController()
    this.#tail = await Tail.open({ log: this.log, bytesMax: 16_000, batchBytesMax: 600 })
    this.#broadcast = new Broadcast({
      tail: this.#tail,
      filters: this.#filters,
      clock: () => this.#clockMs,
      flushIntervalMs: 1,
    })
    const { signal } = this.#stop
    this.#following = Promise.all([new LogFollower(this.#tail).run(signal), this.#broadcast.run(signal)])
    await this.#subscribe()
  }

  async take(step: Step): Promise<void> {
    switch (step.type) {
      case 'append':
        return this.#append(step.count, step.isDamaged)
      case 'take':
        return this.#check(this.#transport.take())
      case 'update':
        return this.#update(step.filter)
      case 'cut':
        seen.cuts++
        this.#subscription?.end()
        this.#transport.close('internal_error')
        return this.#subscribe()
      case 'restart':
        seen.restarts++
        await this.#endServer()
        return this.#startServer()
      case 'tick':
        this.#clockMs += 10_000
        return this.#subscription?.tick(this.#clockMs, true)
      case 'turns':
        return turns(step.count)
      case 'outage':
        return this.#outage(step.turns)
      case 'retention':
        return this.log.sweep()
    }
  }

  /** The partner reads on until it has everything. */
  async finish(): Promise<void> {
    const ends = (await this.log.bounds(CHANGES_TOPIC)).map(({ end }) => end)
    const hasAll = () => this.#heard.every((offset, partition) => offset === ends[partition])
    while (!hasAll()) {
      await this.take({ type: 'tick' })
      this.#check(this.#transport.take())
      await nextTurn()
    }
    await this.#endServer()
  }

  async #endServer(): Promise<void> {
    this.#subscription?.end()
    this.#transport.close('internal_error')
    this.#stop.abort()
    await this.#following
  }

  async #subscribe(): Promise<void> {
    if (this.#tail === undefined || this.#broadcast === undefined) throw new Error('not started')
    this.#transport = new InMemoryTransport('ndjson')
    this.#updates = []
    const clock = () => this.#clockMs
    const options = {
      log: this.log,
      tail: this.#tail,
      broadcast: this.#broadcast,
      delivery: new Delivery({
        transport: this.#transport,
        filter: this.#filters.acquire(this.#heardFilter),
        representation: new Representation('ndjson', ['core'], 'default', this.#batchMax),
        unsentBytesMax: 700,
        clock,
      }),
      end: await StreamEnd.of(this.log, [], undefined, 0),
      readBatchBytesMax: 600,
      progressIntervalMs: 5_000,
      slow: { lagRecordsMin: 1e9, lagMsMin: 1e9, windowMs: 1e9, recordsMin: 0 },
      clock,
      onEnd: () => undefined,
    }
    this.#subscription = new Subscription(options, this.#heard)
    this.#subscription.run()
  }

  async #append(count: number, isDamaged: boolean): Promise<void> {
    const records = Array.from({ length: count }, () => {
      const number = this.#appended++
      const page = number % PAGES
      const wiki = WIKIS[number % WIKIS.length] ?? ''
      const record = changeRecord(`c${number}`, { wiki, page })
      return isDamaged && number % 5 === 0 ? { ...record, headers: {} } : record
    })
    const positions = await this.log.append(records)
    for (const [index, { partition, offset }] of positions.entries()) {
      const record = records[index]
      if (record === undefined) continue
      const stored = readStoredChange({ ...record, partition, offset, timestampMs: 0 })
      const id = String(JSON.parse(String(Buffer.from(record.value ?? []))).id)
      this.#records[partition]?.push({ id, wiki: stored?.attributes.wiki })
    }
  }

  #update(filter: Filter): void {
    seen.updates++
    const cursor = this.#subscription?.update(this.#filters.acquire(filter), undefined)
    if (cursor === undefined) throw new Error('not started')
    this.#updates.push(filter)
    const frame = { type: 'updated', cursor } as const
    this.#transport.write([controlBytes('ndjson', frame, undefined)])
  }

  async #outage(count: number): Promise<void> {
    seen.outages++
    this.log.outage.abort()
    await turns(count)
    this.log.outage = new AbortController()
  }

  /** Each frame must follow from where the partner was: whatever it passes over may not have been wanted. */
  #check(text: string): void {
    for (const line of text.split('\n').slice(0, -1)) this.#hear(JSON.parse(line))
  }

  #hear(frame: Frame): void {
    switch (frame.type) {
      case 'change': {
        const passed = this.#passTo(frame.cursor)
        expect(passed.map(({ id }) => id)).toEqual([frame.change.id])
        return
      }
      case 'changes': {
        const ids = frame.changes.map(({ id }) => id)
        expect(ids.length).toBeGreaterThan(0)
        expect(ids.length).toBeLessThanOrEqual(this.#batchMax)
        const passed = this.#passTo(frame.cursor)
        expect(ids.toSorted()).toEqual(passed.map(({ id }) => id).toSorted())
        expect(areInOrder(ids)).toBe(true)
        if (ids.length > 1) seen.batches++
        return
      }
      case 'gap':
        expect(this.#passTo(frame.from)).toEqual([])
        this.#skipTo(frame)
        return
      case 'progress':
        if (frame.state === 'live') seen.live++
        else seen.catchingUp++
        expect(this.#passTo(frame.cursor)).toEqual([])
        return
      case 'updated':
        expect(this.#passTo(frame.cursor)).toEqual([])
        this.#heardFilter = this.#updates.shift() ?? {}
        return
      default:
        expect(frame).toMatchObject({ type: 'error', code: 'log_unavailable' })
    }
  }

  /** The wanted records between where the partner was and the cursor, which must not lie before it. */
  #passTo(cursor: string): readonly { readonly id: string }[] {
    const target = this.#decoded(cursor)
    const wants = compileFilter(this.#heardFilter, new Map())
    const wanted = this.#between(target).filter(
      ({ wiki }) => wiki === undefined || wants({ ...ATTRIBUTES, wiki }),
    )
    this.#heard = target
    return wanted
  }

  #skipTo({ to, reason }: Frame): void {
    const target = this.#decoded(to)
    if (reason === 'retention') seen.retentionGaps++
    else {
      seen.damaged++
      expect(this.#between(target)).toMatchObject([{ wiki: undefined }])
    }
    this.#heard = target
  }

  #between(target: readonly bigint[]): { readonly id: string; readonly wiki: string | undefined }[] {
    return this.#records.flatMap((records, partition) => {
      const from = this.#heard[partition] ?? 0n
      const to = target[partition] ?? 0n
      expect(to).toBeGreaterThanOrEqual(from)
      return records.slice(Number(from), Number(to))
    })
  }

  #decoded(cursor: string): bigint[] {
    return [
      ...decodeCursor(cursor, { id: this.log.id, ends: this.#records.map(({ length }) => BigInt(length)) }),
    ]
  }
}

/** Those of each page of each wiki: ids end in numbers that rise. */
function areInOrder(ids: readonly string[]): boolean {
  const numbers = ids.map((id) => Number(id.slice(1)))
  return numbers.every((number, at) =>
    numbers.slice(at).every((later) => later >= number || (later - number) % (PAGES * WIKIS.length) !== 0),
  )
}

const ATTRIBUTES = {
  kind: 'edit',
  performer: null,
  minor: null,
  namespace: 0,
  sizeDelta: null,
  page: null,
  project: null,
  language: null,
  item: null,
  title: '',
  tags: [],
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn()
}

describe('the seam between the log and the tail', () => {
  it(
    'R-28: loses, repeats and reorders nothing, whatever happens to log, tail, filter and connection',
    async () => {
      const property = fc.asyncProperty(steps, batchMax, async (steps, batchMax) => {
        const world = new World(batchMax)
        await world.start()
        for (const each of steps) await world.take(each)
        await world.finish()
      })
      do {
        const runs = Array.from({ length: RUNS_AT_ONCE }, () => fc.assert(property, { numRuns: RUNS }))
        await Promise.all(runs)
      } while (seen.live < CROSSINGS_MIN)
      for (const count of Object.values(seen)) expect(count).toBeGreaterThan(RUNS)
      if (CROSSINGS_MIN > 0) process.stdout.write(`${JSON.stringify(seen)}\n`)
    },
    TIMEOUT_MS,
  )
})
