/**
 * `npm run bench:fanout`: what delivery costs, in processor seconds of the server's process from the operating system,
 * publishing included. Every row stands beside references that alternate with it in the same minutes. Options:
 *
 *     --rows 1,2,3,4,6,lists,batches,subscriptions
 *                         which rows; all of these unless said otherwise
 *     --quick             fewer partners and shorter runs, for a busy machine
 *     --match TEXT        only comparisons whose title contains it
 *     --sides A,B         only sides whose name contains one of these
 */
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { type ChangeAttributes, compileFilter, parseFilter } from '@freshet/protocol'
import { SharedFilters } from '../../services/fanout/src/matching/shared-filters.ts'
import { packInThread } from '../../services/fanout/src/watch-lists/pack-in-thread.ts'
import { StoredWatchList, watchListRecord } from '../../services/fanout/src/watch-lists/stored-watch-list.ts'
import { compressionFigures } from './fanout-compression.ts'
import { CHANNELS, wikiOf } from './fanout-events.ts'
import { benchmarkAttributes, benchmarkFilters } from './fanout-filters.ts'
import type { Partners } from './fanout-load.ts'
import { type Measured, type Pace, Scene } from './fanout-processes.ts'
import type { SubjectName } from './fanout-subjects.ts'
import { percentile } from './percentile.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1,2,3,4,6,lists,batches,subscriptions' },
    quick: { type: 'boolean', default: false },
    match: { type: 'string', default: '' },
    sides: { type: 'string', default: '' },
  },
})
const isQuick = values.quick
const ROUNDS = 3
const PARTNERS = isQuick ? 300 : 1_000
const IDLE_PARTNERS = isQuick ? 2_000 : 10_000
/** What a process has open beside its partners. */
const OTHER_FILES = 200
const SECONDS = isQuick ? 1.5 : 3
/** At full speed, so that what is measured is what a server does that has run for a while: at a pace most code would still be interpreted. */
const WARM_UP_SECONDS = 2
const WARM_UP_IN_FLIGHT = 16
/** At the pace that is measured. */
const SETTLING_SECONDS = 0.7
/** Until more was sent than the operating system keeps for one who does not read: some 10 MB. */
const FILLING_SECONDS = 8
const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'

interface Side {
  readonly name: string
  readonly subject: SubjectName
  readonly partners: Partners
}

const rows: Readonly<Record<string, () => Promise<void>>> = {
  1: deliveryRow,
  2: compressionRow,
  3: matchingRow,
  4: memoryRow,
  6: slowPartnersRow,
  lists: watchListsRow,
  batches: batchesRow,
  subscriptions: subscriptionsRow,
}

for (const row of values.rows.split(',')) {
  print(`\n${row}. load of the machine ${loadavg()[0]?.toFixed(1)}`)
  await rows[row]?.()
}

async function deliveryRow(): Promise<void> {
  const sides = [websocket('freshet', 'freshet'), sse('freshet', 'freshet')]
  const references = [
    websocket('bare ws, pre-built', 'ws-prebuilt'),
    websocket('bare ws, stringify', 'ws-stringify'),
    sse('bare SSE', 'sse'),
    sse('bare TCP', 'tcp'),
  ]
  const all = [...sides, ...references]
  await compare(`all events, 50/s, ${PARTNERS} partners`, all, rate(50, PARTNERS))
  await compare('all events, 16 in flight', all, saturate(16, PARTNERS))
  const filtered = all.map((side) => ({
    ...side,
    partners: { ...side.partners, path: '/v1/changes?wiki=w{}wiki' },
  }))
  await compare('1 % filtered, 500/s', filtered, rate(500, PARTNERS / 100))
  await compare('1 % filtered, 256 in flight', filtered, saturate(256, PARTNERS / 100))
}

async function compressionRow(): Promise<void> {
  const compressed = (side: Side): Side => ({ ...side, partners: { ...side.partners, headers: [DEFLATE] } })
  const sides = [
    { ...compressed(websocket('freshet', 'freshet')), name: 'freshet, permessage-deflate' },
    { ...websocket('freshet', 'freshet'), name: 'freshet, uncompressed' },
    { ...compressed(websocket('ws', 'ws-deflate')), name: 'ws, permessage-deflate' },
  ]
  await compare('permessage-deflate, 50/s', sides.slice(0, 2), rate(50, PARTNERS))
  await compare('permessage-deflate, 16 in flight', sides, saturate(16, PARTNERS))
}

/** One frame for each change, and frames of what is due together. */
async function batchesRow(): Promise<void> {
  for (const batch of [1, 8, 64]) for (const line of compressionFigures(batch)) print(`  ${line}`)
  const sides = [1, 8, 64].flatMap((batch) => {
    const path = `/v1/changes?batch=${batch}`
    const side = (name: string, headers: readonly string[]): Side => {
      const plain = websocket(`freshet, batch=${batch}${name}`, 'freshet')
      return { ...plain, partners: { ...plain.partners, framing: 'websocket-batches', path, headers } }
    }
    return [side('', []), side(', deflated', [DEFLATE])]
  })
  await compare('batches, 16 in flight', sides, saturate(16, PARTNERS))
  await compare('batches, 256 in flight', sides, saturate(256, PARTNERS))
}

/** Sockets with ten subscriptions, each of a tenth of the wikis, so that several are due in one flush. */
async function subscriptionsRow(): Promise<void> {
  const messages = Array.from({ length: 10 }, (_, tenth) => {
    const wiki = Array.from({ length: CHANNELS / 10 }, (_, index) => wikiOf(tenth * 10 + index))
    return JSON.stringify({ type: 'subscribe', id: `s${tenth}`, filter: { wiki } })
  })
  const one = websocket('one subscription', 'freshet')
  const path = '/v1/changes?subscribe=later'
  const ten = {
    name: 'ten subscriptions',
    subject: one.subject,
    partners: { ...one.partners, path, messages },
  }
  await compare('subscriptions on one socket, 50/s', [one, ten], rate(50, PARTNERS))
  await compare('subscriptions on one socket, 128 in flight', [one, ten], saturate(128, PARTNERS))
}

async function matchingRow(): Promise<void> {
  const changes = benchmarkAttributes(2_000)
  for (const count of isQuick ? [10_000] : [10_000, 100_000]) {
    const filters = benchmarkFilters(count)
    const shared = new SharedFilters({ valuesMax: Number.POSITIVE_INFINITY, watchLists: new Map() })
    for (const filter of filters) shared.acquire(filter)
    const compiled = filters.map((filter) => compileFilter(filter, new Map()))
    const asked = changes.slice(0, 1_000_000 / count)
    for (let round = 0; round < ROUNDS; round++) {
      const indexed = timePerChange(changes, (change) => shared.matching(change).length)
      const linear = timePerChange(asked, (change) => compiled.filter((matches) => matches(change)).length)
      for (const filter of filters.slice(0, 1_000)) shared.acquire(filter)
      const shared1000 = timePerChange(changes, (change) => shared.matching(change).length)
      print(
        `  ${count} filters, ${shared.size} distinct: ${indexed.text}; with 1,000 subscribers more ${shared1000.text}; asking each ${linear.text}`,
      )
    }
  }
}

/** A list of a million titles, one of a hundred of which are changed. */
async function watchListsRow(): Promise<void> {
  const entries = 1_000_000
  const text = Array.from({ length: entries }, (_, index) =>
    index < 2_000 ? `Article ${index * 100}` : `Another article ${index}`,
  ).join('\n')
  const head = { of: 'title', format: 'text', encoding: 'identity', bytesMax: text.length } as const
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const stallOf = async <T>(work: Promise<T>) => {
    const startMs = performance.now()
    delay.reset()
    const done = await work
    return {
      done,
      text: `${Math.round(performance.now() - startMs)} ms, longest stall ${Math.round(delay.max / 1e6)} ms`,
    }
  }
  const packed = await stallOf(packInThread({ ...head, body: Buffer.from(text) }))
  const { value, ...record } = watchListRecord('list', packed.done)
  const stored = { ...record, value, partition: 0, offset: 0n, timestampMs: 0 }
  const read = await stallOf(StoredWatchList.of(stored, value ?? new Uint8Array()))
  delay.disable()
  const list = read.done
  print(
    `  ${entries} titles of ${Math.round(text.length / entries)} bytes: ${list.bytes / entries} bytes each`,
  )
  print(`  read, sorted and compressed in a thread: ${packed.text}; taken in: ${read.text}`)
  const changes = benchmarkAttributes(100_000)
  for (const count of [0, 1, 1_000]) {
    const watchLists = new Map([[list.name, list]])
    const shared = new SharedFilters({ valuesMax: Number.POSITIVE_INFINITY, watchLists })
    for (let size = 0; size < count; size++)
      shared.acquire(parseFilter({ watchList: list.name, minSizeDelta: size }))
    for (let round = 0; round < ROUNDS; round++) {
      const { text } = timePerChange(changes, (change) => shared.matching(change).length)
      print(`  ${String(count).padStart(5)} filters that name it: ${text}`)
    }
  }
}

function timePerChange(changes: readonly ChangeAttributes[], match: (change: ChangeAttributes) => number) {
  let found = 0
  const before = process.cpuUsage()
  for (const change of changes) found += match(change)
  const { user, system } = process.cpuUsage(before)
  const micros = (user + system) / changes.length
  return { text: `${micros.toFixed(2)} µs of CPU a change (${(found / changes.length).toFixed(2)} match)` }
}

/** Each partner is an open file of the server and one of the load generator. Node has raised its limit as far as it may. */
function assertRoomForFiles(count: number): void {
  const [, hardLimit] = /Max open files +\d+ +(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
  if (hardLimit === undefined || Number(hardLimit) >= count) return
  throw new Error(`a process may open ${hardLimit} files, and ${count} are needed: see "ulimit -Hn"`)
}

async function memoryRow(): Promise<void> {
  assertRoomForFiles(IDLE_PARTNERS + OTHER_FILES)
  for (const side of [
    websocket('freshet, WebSocket', 'freshet'),
    sse('freshet, SSE', 'freshet'),
    websocket('bare ws', 'ws-prebuilt'),
    sse('bare SSE', 'sse'),
  ]) {
    await using scene = await Scene.open(side.subject)
    await scene.connect([{ ...side.partners, count: 50 }])
    const before = await scene.memory()
    await scene.connect([{ ...side.partners, count: IDLE_PARTNERS }])
    const kib = ((await scene.memory()) - before) / IDLE_PARTNERS / 1_024
    print(`  ${side.name.padEnd(40)} ${kib.toFixed(1).padStart(8)} KiB each of ${IDLE_PARTNERS} idle ones`)
  }
}

async function slowPartnersRow(): Promise<void> {
  const healthy = websocket('freshet', 'freshet').partners
  const slow = (['nothing', 'one KB a second', 'a frame a minute'] as const).map((reading) => ({
    ...healthy,
    count: 1,
    reading,
  }))
  const pace = rate(50, PARTNERS)
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, partners] of [
      ['healthy alone', [healthy]],
      ['beside slow ones', [...slow, healthy]],
    ] as const) {
      await using scene = await Scene.open('freshet')
      await scene.connect(partners)
      await scene.measure(saturate(16, PARTNERS), FILLING_SECONDS)
      await scene.measure(pace, SETTLING_SECONDS)
      const before = await scene.memory()
      const { delays } = await scene.measure(pace, SECONDS * 2)
      const grown = ((await scene.memory()) - before) / 1024 ** 2
      const p50 = percentile(delays, 0.5).toFixed(1)
      const p99 = percentile(delays, 0.99).toFixed(1)
      print(`  ${name.padEnd(40)} p50 ${p50} ms, p99 ${p99} ms, memory ${grown.toFixed(1)} MiB more`)
    }
  }
}

/** The sides alternate; the figures are the lowest, middle and highest of the rounds. */
async function compare(title: string, all: readonly Side[], pace: Pace): Promise<void> {
  if (!title.includes(values.match)) return
  const sides = all.filter(({ name }) => values.sides.split(',').some((text) => name.includes(text)))
  print(`  ${title}`)
  const results = new Map<Side, Measured[]>(sides.map((side) => [side, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of sides) results.get(side)?.push(await measureSide(side, pace))
  }
  for (const [{ name, partners }, measured] of results) {
    const perCpuSecond = measured.map(({ deliveries, cpuSeconds }) => deliveries / cpuSeconds)
    const [lowest, middle, highest] = perCpuSecond.toSorted((a, b) => a - b)
    const wall = percentile(
      measured.map(({ deliveries, seconds }) => deliveries / seconds),
      0.5,
    )
    const delays = measured.flatMap((each) => each.delays)
    const bytes = measured.reduce((sum, each) => sum + each.bytes, 0)
    const deliveries = measured.reduce((sum, each) => sum + each.deliveries, 0)
    print(
      `    ${`${name} (${partners.framing === 'blank-line' ? 'lines' : 'ws'})`.padEnd(38)}` +
        ` ${thousands(middle)} deliveries/CPU-s (${thousands(lowest)}–${thousands(highest)})` +
        ` ${thousands(wall)}/s, ${(bytes / deliveries).toFixed(0)} bytes each` +
        `, p50 ${percentile(delays, 0.5).toFixed(1)} p99 ${percentile(delays, 0.99).toFixed(1)} ms`,
    )
  }
}

async function measureSide({ subject, partners }: Side, pace: Pace): Promise<Measured> {
  await using scene = await Scene.open(subject)
  await scene.connect([partners])
  await scene.measure(saturate(WARM_UP_IN_FLIGHT, pace.deliveriesPerEvent), WARM_UP_SECONDS)
  await scene.measure(pace, SETTLING_SECONDS)
  return await scene.measure(pace, SECONDS)
}

function websocket(name: string, subject: SubjectName): Side {
  const partners = {
    framing: 'websocket',
    path: '/v1/changes',
    headers: [],
    messages: [],
    reading: 'healthy',
  } as const
  return { name, subject, partners: { ...partners, count: PARTNERS } }
}

function sse(name: string, subject: SubjectName): Side {
  const partners = {
    framing: 'blank-line',
    path: '/v1/changes',
    headers: [],
    messages: [],
    reading: 'healthy',
  } as const
  return { name, subject, partners: { ...partners, count: PARTNERS } }
}

function rate(perSecond: number, deliveriesPerEvent: number): Pace {
  return { type: 'rate', perSecond, deliveriesPerEvent }
}

function saturate(inFlight: number, deliveriesPerEvent: number): Pace {
  return { type: 'saturate', inFlight, deliveriesPerEvent }
}

function thousands(value: number | undefined): string {
  return `${Math.round((value ?? Number.NaN) / 1_000)}k`.padStart(5)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
