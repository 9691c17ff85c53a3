/**
 * `npm run test:soak`: an hour of partners that come, go, read slowly or not at all, over a log that retention trims, beside
 * some that stay. Prints memory and file descriptors of the server's processes over time, and fails when one that stays loses
 * or repeats a change. FRESHET_SOAK_MINUTES for another time.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { ChangeWriter, WRITTEN_PAGES } from './change-writer.ts'
import { FanoutNode } from './fanout-node.ts'
import { StormClient } from './storm-client.ts'

const MINUTES = Number(process.env.FRESHET_SOAK_MINUTES ?? 60)
const REPORT_INTERVAL_MS = 30_000
const CHANGE_BYTES = 1_000
const RETENTION_BYTES = 50 * 1024 ** 2
const STAYING = 50
const COMING_AND_GOING = 100
const STAY_MS_MAX = 5_000
const SLOW_SHARE = 0.2
const FILTERS = ['', '&wiki=enwiki', '&wiki=dewiki', '&kind=edit&minor=false', '&title=Ada%20Lovelace']

await using writer = await ChangeWriter.open(CHANGE_BYTES, RETENTION_BYTES)
const options = ['--archive-window-ms', '10000', '--archive-bytes-max', String(20 * 1024 ** 2)]
await using node = await FanoutNode.start({ dataDir: writer.dataDir, port: 0, workers: 2, options })
const stop = new AbortController()
const staying = Array.from({ length: STAYING }, () => new StormClient(node.url, WRITTEN_PAGES))
for (const client of staying) client.connect()
while (!staying.every(({ isPositioned }) => isPositioned)) await sleep(10)
const before = writer.appended
let visits = 0
const churn = Array.from({ length: COMING_AND_GOING }, () => comeAndGo(stop.signal))
const writing = writer.run(stop.signal)

print('minute  load  visits  appended   rss MiB (parent, workers)   fds')
const startMs = performance.now()
while (performance.now() - startMs < MINUTES * 60_000) {
  await sleep(Math.min(REPORT_INTERVAL_MS, MINUTES * 60_000 - (performance.now() - startMs)))
  report((performance.now() - startMs) / 60_000)
}
stop.abort()
await writing
await Promise.all(churn)
await Promise.all(staying.map((client) => client.has(writer.appended - before)))
for (const client of staying) client.cut()
print(`${STAYING} partners that stayed have all ${writer.appended - before} changes, once and in order`)

function report(minute: number): void {
  const pids = [node.pid, ...childrenOf(node.pid)]
  const rss = pids.map((pid) => Math.round(residentBytes(pid) / 1024 ** 2))
  const descriptors = pids.map((pid) => readdirSync(`/proc/${pid}/fd`).length)
  print(
    `${minute.toFixed(1).padStart(6)} ${loadavg()[0]?.toFixed(1).padStart(5)} ${String(visits).padStart(7)} ` +
      `${String(writer.appended).padStart(9)}   ${rss.join(' ').padEnd(26)}  ${descriptors.join(' ')}`,
  )
}

async function comeAndGo(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const filter = FILTERS[Math.floor(Math.random() * FILTERS.length)] ?? ''
    const query = `from=${Math.random() < 0.5 ? 'earliest' : 'latest'}${filter}`
    const isSlow = Math.random() < SLOW_SHARE
    const end = Math.random() < 0.5 ? await overHttp(query, isSlow) : await overWebSocket(query, isSlow)
    visits++
    await sleep(Math.random() * STAY_MS_MAX)
    end()
  }
}

async function overHttp(query: string, isSlow: boolean): Promise<() => void> {
  const accept = Math.random() < 0.5 ? 'application/x-ndjson' : 'text/event-stream'
  const request: ClientRequest = get(`${node.url}/v1/changes?${query}`, { agent: false, headers: { accept } })
  request.on('error', () => undefined)
  request.on('response', (response: IncomingMessage) => {
    response.on('error', () => undefined)
    if (!isSlow) response.resume()
  })
  return () => request.destroy()
}

async function overWebSocket(query: string, isSlow: boolean): Promise<() => void> {
  const socket = new WebSocket(`${node.url.replace('http', 'ws')}/v1/changes?${query}`)
  socket.on('error', () => undefined)
  if (isSlow) socket.once('open', () => socket.pause())
  return () => socket.terminate()
}

function childrenOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return children === '' ? [] : children.split(' ').map(Number)
}

function residentBytes(pid: number): number {
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
