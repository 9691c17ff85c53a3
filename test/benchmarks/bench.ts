/**
 * `npm run bench`: what ingest, delivery and replay cost, on the WebPlatform history. Processor seconds are of the whole
 * Freshet process, from the operating system; the reference runs in the same minute.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EditInput } from '@freshet/events'
import { createTwoFilesPatch } from 'diff'
import { cpuSecondsOf } from '../harness/cpu-seconds.ts'
import { FreshetProcess } from '../harness/freshet-process.ts'
import { framesOf, type ReceivedFrame } from '../harness/subscriber.ts'
import { EMBEDDED, kafkaAt, type TestLog } from '../harness/test-log.ts'
import { writeEditRecording } from '../recordings/edit-recording.ts'
import { webplatformEdits } from '../recordings/webplatform-edits.ts'
import { WEBPLATFORM_FIXTURE_PATH } from '../recordings/webplatform-fixture.ts'
import { WEBPLATFORM_DATA_PATH } from '../recordings/webplatform-row.ts'
import { startKafkaIfThere } from './benchmark-kafka.ts'
import { percentile } from './percentile.ts'

const LATENCY_SECONDS = 10
/** Posted at once and delivered before latency is measured, of a program that has just started, and then at the pace itself for so long. */
const WARM_UP_EDITS = 1_000
const WARM_UP_SECONDS = 2
const REPLAYS = 3
/** Of a program that has just started each. */
const LATENCY_ROUNDS = 3
const SPACE = 0x20
const CHANGE_START = Buffer.from('{"type":"change"')

const hasData = existsSync(WEBPLATFORM_DATA_PATH)
const edits = await Array.fromAsync(
  webplatformEdits(hasData ? WEBPLATFORM_DATA_PATH : WEBPLATFORM_FIXTURE_PATH),
)
if (!hasData)
  print('The WebPlatform history is not there: these figures are of a tiny sample and say nothing.\n')

const folder = mkdtempSync(join(tmpdir(), 'freshet-bench-'))
const kafka = await startKafkaIfThere()
try {
  print(
    `Parsing each edit and jsdiff's unified patch alone, in this process: ${figure(edits.length / reference())} edits per CPU second\n`,
  )
  const logs = [
    EMBEDDED,
    ...(kafka === undefined ? [] : [{ ...EMBEDDED, name: 'Kafka', optionsFor: kafkaAt(kafka.brokers) }]),
  ]
  for (const [index, log] of logs.entries()) {
    print(`On ${log.name}`)
    await measureIngestAndReplay(log, join(folder, String(index)))
    for (const rate of [30, 300]) await measureLatencies(log, rate, join(folder, `${index}-${rate}`))
    print('')
  }
} finally {
  await kafka?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
}

async function measureIngestAndReplay(log: TestLog, dataDir: string): Promise<void> {
  const recording = join(folder, 'recording.ndjson')
  await writeEditRecording({
    edits: (async function* () {
      yield* edits
    })(),
    outputPath: recording,
    limit: undefined,
    onProgress: () => undefined,
  })
  const startup = await startupCpuSeconds(log, `${dataDir}-idle`)
  const options = ['--source', recording, '--mediawiki-api', 'none']
  await using freshet = await FreshetProcess.start({ log, options, dataDir, port: 0 })
  const bytes = await readLines(`${freshet.url}/v1/changes?from=earliest&parts=core,diff`, edits.length)
  const cpuSeconds = cpuSecondsOf(freshet.pid) - startup
  print(
    `  ingest of ${edits.length} edits, all parts, to one subscriber with diff (${mebibytes(bytes)} MiB): ${figure(edits.length / cpuSeconds)} edits per CPU second`,
  )
  for (const parts of ['core', 'core,diff', 'core,diff,patch,wikitext']) await measureReplay(freshet, parts)
}

async function measureReplay(freshet: FreshetProcess, parts: string): Promise<void> {
  const before = cpuSecondsOf(freshet.pid)
  const startedAt = performance.now()
  let bytes = 0
  for (let replay = 0; replay < REPLAYS; replay++) {
    bytes += await readLines(`${freshet.url}/v1/changes?from=earliest&parts=${parts}`, edits.length)
  }
  const seconds = (performance.now() - startedAt) / 1_000
  const cpuSeconds = cpuSecondsOf(freshet.pid) - before
  const count = edits.length * REPLAYS
  print(
    `  replay from earliest, ${parts}: ${figure(count / seconds)} changes/s, ${figure(count / cpuSeconds)} per CPU second, ${mebibytes(bytes / seconds)} MiB/s`,
  )
}

interface LatencyRound {
  readonly latencies: readonly number[]
  readonly cpuMsPerEdit: number
}

async function measureLatencies(log: TestLog, rate: number, dataDir: string): Promise<void> {
  const rounds: LatencyRound[] = []
  for (let round = 0; round < LATENCY_ROUNDS; round++)
    rounds.push(await latencyRound(log, rate, `${dataDir}-${round}`))
  const each = (share: number) =>
    rounds.map(({ latencies }) => percentile(latencies, share).toFixed(1)).join(', ')
  const cpuMs = rounds.map(({ cpuMsPerEdit }) => cpuMsPerEdit.toFixed(2)).join(', ')
  print(
    `  edit to subscriber at ${rate} edits/s: p50 ${each(0.5)} ms, p99 ${each(0.99)} ms; ${cpuMs} CPU ms an edit`,
  )
}

async function latencyRound(log: TestLog, rate: number, dataDir: string): Promise<LatencyRound> {
  await using freshet = await FreshetProcess.start({
    log,
    options: ['--source', 'none', '--mediawiki-api', 'none'],
    dataDir,
    port: 0,
  })
  const warmUp = Math.min(WARM_UP_EDITS, Math.floor(edits.length / 4))
  const measuredStart = warmUp + rate * WARM_UP_SECONDS
  const measured = edits.slice(measuredStart, measuredStart + rate * LATENCY_SECONDS)
  const count = measured.length
  const sentAt = new Map<number, number>()
  const done = new AbortController()
  const frames = framesOf(`${freshet.url}/v1/changes?from=latest&parts=core,diff`, done.signal)
  await frames.next()
  await post(freshet.url, edits.slice(0, warmUp))
  await latenciesOf(frames, warmUp, sentAt)
  const pacing = edits.slice(warmUp, measuredStart)
  const paced = latenciesOf(frames, pacing.length, sentAt)
  await postAtRate(freshet.url, pacing, rate, sentAt)
  await paced
  const startup = cpuSecondsOf(freshet.pid)
  const receiving = latenciesOf(frames, count, sentAt)
  await postAtRate(freshet.url, measured, rate, sentAt)
  const latencies = await receiving
  done.abort()
  const cpuSeconds = cpuSecondsOf(freshet.pid) - startup
  return { latencies, cpuMsPerEdit: (cpuSeconds / count) * 1_000 }
}

/** Of the next so many changes. */
async function latenciesOf(
  frames: AsyncGenerator<ReceivedFrame>,
  count: number,
  sentAt: ReadonlyMap<number, number>,
): Promise<readonly number[]> {
  const latencies: number[] = []
  while (latencies.length < count) {
    const { done, value } = await frames.next()
    if (done === true) throw new Error('the stream has ended')
    if (value.type !== 'change') continue
    latencies.push(performance.now() - (sentAt.get(value.change.revision?.id ?? 0) ?? Number.NaN))
  }
  return latencies
}

/** One edit in a request, at its time whatever became of those before. */
async function postAtRate(
  url: string,
  edits: readonly EditInput[],
  rate: number,
  sentAt: Map<number, number>,
) {
  const startedAt = performance.now()
  const posts = []
  for (const [index, edit] of edits.entries()) {
    const waitMs = startedAt + (index * 1_000) / rate - performance.now()
    if (waitMs > 0) await sleep(waitMs)
    sentAt.set(edit.revision?.id ?? 0, performance.now())
    posts.push(post(url, edit))
  }
  await Promise.all(posts)
}

async function post(url: string, body: EditInput | readonly EditInput[]): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/v1/edits`, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await answer.text()
  if (answer.status !== 201) throw new Error(text)
}

/** What a process costs before it has done anything. */
async function startupCpuSeconds(log: TestLog, dataDir: string): Promise<number> {
  const options = ['--source', 'none', '--mediawiki-api', 'none']
  await using idle = await FreshetProcess.start({ log, options, dataDir, port: 0 })
  return cpuSecondsOf(idle.pid)
}

function reference(): number {
  const lines = edits.map((edit) => JSON.stringify(edit))
  const texts = new Map<unknown, string>()
  const before = process.cpuUsage()
  for (const line of lines) {
    const { page, text } = JSON.parse(line)
    createTwoFilesPatch('a', 'b', texts.get(page.id) ?? '', text ?? '')
    texts.set(page.id, text ?? '')
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** Reads that many changes without looking at them; the bytes that came. */
async function readLines(url: string, count: number): Promise<number> {
  const done = new AbortController()
  const response = await fetch(url, { headers: { accept: 'application/x-ndjson' }, signal: done.signal })
  let bytes = 0
  let changes = 0
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of response.body ?? []) {
    bytes += piece.length
    const chunk = Buffer.concat([rest, piece])
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      // Heartbeats stand before the next line.
      while (chunk[start] === SPACE) start++
      if (chunk.subarray(start, start + CHANGE_START.length).equals(CHANGE_START)) changes++
      start = end + 1
    }
    rest = chunk.subarray(start)
    if (changes >= count) break
  }
  done.abort()
  return bytes
}

function figure(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
