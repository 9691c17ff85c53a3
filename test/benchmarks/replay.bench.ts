/**
 * `npm run bench:replay`: a log of 1,000,000 changes of 3 KB to one NDJSON client, all of it and filtered to 1 %, and the same
 * changes as segments of the archive; beside a loop that reads the log and does nothing with it, and a writer of bare TCP. On the
 * embedded log, and on Kafka where Java and Maven are. The sides take turns. Processor seconds are of the server's process, from the
 * operating system.
 *
 * FRESHET_BENCH_CHANGES: how many changes. FRESHET_BENCH_FOLDER: where to keep the log for the next time.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FanoutNode } from '../faults/fanout-node.ts'
import { cpuSecondsOf } from '../harness/cpu-seconds.ts'
import { openLog } from '../kafka/faults/kafka-log.ts'
import { startKafkaIfThere } from './benchmark-kafka.ts'
import { buildReplayLog, fillReplayLog, ONE_PERCENT_WIKI } from './replay-log.ts'

const CHANGES = Number(process.env.FRESHET_BENCH_CHANGES ?? 1_000_000)
const CHANGE_BYTES = 3_000
const ROUNDS = 3
const PARALLEL_DOWNLOADS = 4
const ARCHIVE_WINDOW_MS = 1_000
const REFERENCES = resolve(import.meta.dirname, 'replay-references.ts')
const KAFKA_PREFIX = 'replay.'
const READ_BYTES = 256 * 1024
const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

interface Measured {
  readonly changes: number
  readonly bytes: number
  readonly seconds: number
  readonly cpuSeconds: number
}

const kept = process.env.FRESHET_BENCH_FOLDER
const dataDir = kept ?? mkdtempSync(join(tmpdir(), 'freshet-replay-'))
mkdirSync(dataDir, { recursive: true })
try {
  await buildReplayLog(join(dataDir, 'log'), CHANGES, CHANGE_BYTES)
  process.stdout.write('On the embedded log\n')
  await measureReplay(['--archive-bytes-max', '0'], ['read', join(dataDir, 'log')])
  await measureArchive()
  await measureOnKafka()
} finally {
  if (kept === undefined) rmSync(dataDir, { recursive: true })
}

/** `reading`: how to have the log read by a process that does nothing with it. */
async function measureReplay(options: readonly string[], reading: readonly string[]): Promise<void> {
  await using node = await FanoutNode.start({ dataDir, port: 0, workers: 1, options })
  const range = `${node.url}/v1/changes?from=earliest&until=latest`
  for (let round = 0; round < ROUNDS; round++) {
    const all = await replayed(range, node.pid)
    printChanges('all changes', all, CHANGES)
    printChanges('filtered to 1 %', await replayed(`${range}&wiki=${ONE_PERCENT_WIKI}`, node.pid), CHANGES)
    printChanges('beside: a loop over the log', await readAlone(reading), CHANGES)
    printBytes('beside: bare TCP', await sentAlone(all.bytes))
  }
}

async function measureOnKafka(): Promise<void> {
  await using kafka = await startKafkaIfThere()
  if (kafka === undefined) return
  process.stdout.write('On Kafka\n')
  const brokers = kafka.brokers.join(',')
  await using log = await openLog(kafka.brokers, { namePrefix: KAFKA_PREFIX })
  await fillReplayLog(log, CHANGES, CHANGE_BYTES)
  const options = ['--log', 'kafka', '--kafka-brokers', brokers, '--kafka-topic-prefix', KAFKA_PREFIX]
  await measureReplay([...options, '--archive-bytes-max', '0'], ['read-kafka', brokers, KAFKA_PREFIX])
}

/** Segments are made of what came in within a second, so that there are many of them. */
async function measureArchive(): Promise<void> {
  const options = ['--archive-window-ms', String(ARCHIVE_WINDOW_MS)]
  await using node = await FanoutNode.start({ dataDir, port: 0, workers: 1, options })
  for (;;) {
    const answer = await fetch(`${node.url}/v1/archive`)
    const { segments } = (await answer.json()) as { segments: { url: string; changes: number }[] }
    const archived = segments.reduce((sum, { changes }) => sum + changes, 0)
    if (archived === CHANGES) {
      const urls = segments.map(({ url }) => `${node.url}${url}`)
      for (let round = 0; round < ROUNDS; round++) {
        const measured = await downloaded(urls, node.pid)
        printBytes(`${urls.length} segments of the archive`, measured)
        printBytes('beside: bare TCP', await sentAlone(measured.bytes))
      }
      return
    }
    await sleep(1_000)
  }
}

/**
 * Reads a stream as cheaply as may be, so that the client leaves the processor to the server: into one buffer, with an eye for nothing
 * but where lines end.
 */
async function replayed(url: string, pid: number): Promise<Measured> {
  const cpuBefore = cpuSecondsOf(pid)
  const startMs = performance.now()
  const { hostname, port, pathname, search } = new URL(url)
  let changes = 0
  let bytes = 0
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES)
  let lastByte = 0
  const callback = (length: number) => {
    bytes += length
    changes += linesIn(buffer.subarray(0, length), lastByte)
    lastByte = buffer[length - 1] ?? 0
    return true
  }
  const socket = connect({ host: hostname, port: Number(port), onread: { buffer, callback } })
  const head = ['host: localhost', 'accept: application/x-ndjson', 'connection: close', '', ''].join('\r\n')
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${head}`)
  await once(socket, 'close')
  const seconds = (performance.now() - startMs) / 1_000
  return { changes, bytes, seconds, cpuSeconds: cpuSecondsOf(pid) - cpuBefore }
}

/** The ends of lines of the body: those of HTTP have a carriage return before them. */
function linesIn(read: Buffer, byteBefore: number): number {
  let lines = 0
  for (let at = read.indexOf(NEWLINE); at >= 0; at = read.indexOf(NEWLINE, at + 1)) {
    if ((at === 0 ? byteBefore : read[at - 1]) !== CARRIAGE_RETURN) lines++
  }
  return lines
}

/** Fetches all of the addresses, a few at a time. */
async function downloaded(urls: readonly string[], pid: number): Promise<Measured> {
  const cpuBefore = cpuSecondsOf(pid)
  const startMs = performance.now()
  const left = [...urls]
  let bytes = 0
  const fetchOnAndOn = async () => {
    for (let url = left.shift(); url !== undefined; url = left.shift()) {
      const [response] = (await once(get(url), 'response')) as [IncomingMessage]
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      await once(response, 'end')
    }
  }
  await Promise.all(Array.from({ length: PARALLEL_DOWNLOADS }, fetchOnAndOn))
  const seconds = (performance.now() - startMs) / 1_000
  return { changes: CHANGES, bytes, seconds, cpuSeconds: cpuSecondsOf(pid) - cpuBefore }
}

async function readAlone(reading: readonly string[]): Promise<Measured> {
  const child = spawn(process.execPath, [REFERENCES, ...reading], { stdio: 'pipe' })
  return {
    changes: CHANGES,
    bytes: 0,
    ...((await firstLine(child)) as { seconds: number; cpuSeconds: number }),
  }
}

async function sentAlone(bytes: number): Promise<Measured> {
  const child = spawn(process.execPath, [REFERENCES, 'send', String(bytes)], { stdio: 'pipe' })
  const { port } = (await firstLine(child)) as { port: number }
  const cpuBefore = cpuSecondsOf(child.pid ?? 0)
  const startMs = performance.now()
  const socket = connect(port, '127.0.0.1')
  let received = 0
  socket.on('data', (chunk) => {
    received += chunk.length
  })
  await once(socket, 'end')
  const seconds = (performance.now() - startMs) / 1_000
  const cpuSeconds = cpuSecondsOf(child.pid ?? 0) - cpuBefore
  child.kill()
  return { changes: 0, bytes: received, seconds, cpuSeconds }
}

async function firstLine(child: ChildProcess): Promise<unknown> {
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer]
  return JSON.parse(String(line))
}

function printChanges(title: string, { changes, seconds, cpuSeconds }: Measured, scanned: number): void {
  print(
    title,
    `${figure(scanned / seconds)} changes/s of the log, ${((cpuSeconds / scanned) * 1e6).toFixed(2)} µs of CPU each; ${figure(changes)} frames`,
  )
}

function printBytes(title: string, { bytes, seconds, cpuSeconds }: Measured): void {
  const gigabytes = bytes / 1e9
  print(
    title,
    `${figure(bytes / 1e6 / seconds)} MB/s, ${(cpuSeconds / gigabytes).toFixed(2)} CPU s a GB (${gigabytes.toFixed(2)} GB)`,
  )
}

function print(title: string, text: string): void {
  process.stdout.write(`${title.padEnd(32)} ${text}  (load ${loadavg()[0]?.toFixed(1)})\n`)
}

function figure(value: number): string {
  return Math.round(value).toLocaleString('en')
}
