/**
 * The partners of the fan-out benchmark, as a process of their own: opens the connections, counts what arrives without
 * looking at it, and measures the delay of what arrives at a few of them.
 */
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { nowMicroseconds } from './fanout-events.ts'

export type LoadOrder =
  | { readonly type: 'open'; readonly port: number; readonly partners: readonly Partners[] }
  | { readonly type: 'begin' }
  | { readonly type: 'end' }
  | { readonly type: 'close' }

export interface Partners {
  readonly count: number
  readonly framing: Framing
  readonly path: string
  /** Extra lines of the request's head. */
  readonly headers: readonly string[]
  /** How they read; those that are not `healthy` are not counted. */
  readonly reading: 'healthy' | 'nothing' | 'one KB a second'
}

/** `blank-line`: frames that end with an empty line, as in SSE. */
export type Framing = 'websocket' | 'blank-line'

const REPORT_MS = 2
const OPEN_AT_A_TIME = 100
/** One connection in so many has its delays measured. */
const SAMPLED_OF = 50
const READ_BYTES = 256 * 1024
/** The shortest event, compressed. */
const EVENT_BYTES_MIN = 400
/** The longest, with its envelope. */
const EVENT_BYTES_MAX = 2_400
const BLANK_LINE = Buffer.from('\n\n')
const AT = Buffer.from('"at":')

const sockets: Socket[] = []
const delays: number[] = []
const readBuffer = Buffer.alloc(READ_BYTES)
let delivered = 0
let bytes = 0
let reported = 0
let isMeasuring = false

setInterval(() => {
  if (delivered === reported) return
  reported = delivered
  process.send?.({ type: 'delivered', count: delivered })
}, REPORT_MS)
process.on('message', (order: LoadOrder) => void carryOut(order))
process.on('disconnect', () => process.exit())

async function carryOut(order: LoadOrder): Promise<void> {
  switch (order.type) {
    case 'open':
      for (const partners of order.partners) await openAll(order.port, partners)
      process.send?.({ type: 'opened' })
      return
    case 'begin':
      delivered = reported = bytes = 0
      delays.length = 0
      isMeasuring = true
      process.send?.({ type: 'begun' })
      return
    case 'end':
      isMeasuring = false
      process.send?.({ type: 'counted', delivered, bytes, delays })
      return
    case 'close':
      for (const socket of sockets.splice(0)) socket.destroy()
      process.send?.({ type: 'closed' })
  }
}

async function openAll(port: number, partners: Partners): Promise<void> {
  for (let from = 0; from < partners.count; from += OPEN_AT_A_TIME) {
    const count = Math.min(OPEN_AT_A_TIME, partners.count - from)
    await Promise.all(Array.from({ length: count }, (_, index) => open(port, partners, from + index)))
  }
}

/** Resolves when the answer has begun. `{}` in the path stands for the number of the connection. */
function open(port: number, { framing, path, headers, reading }: Partners, number: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const isSampled = number % SAMPLED_OF === 0
    const counter = framing === 'websocket' ? countFrames(isSampled) : countBlankLines(isSampled)
    let isOpen = false
    const take = (count: number) => {
      const data = readBuffer.subarray(0, count)
      if (isOpen) {
        if (reading === 'healthy') {
          bytes += count
          counter(data)
        }
        return true
      }
      const end = data.indexOf('\r\n\r\n')
      if (end < 0) return true
      isOpen = true
      if (!/^HTTP\/1.1 (101|200)/.test(data.toString('latin1', 0, 12))) {
        reject(new Error(data.toString('latin1')))
        return false
      }
      resolve()
      if (reading === 'healthy' && end + 4 < data.length) counter(data.subarray(end + 4))
      else if (reading === 'nothing') socket.pause()
      else if (reading === 'one KB a second') readSlowly(socket)
      return true
    }
    const slow = reading === 'one KB a second'
    const socket = connect({
      port,
      host: '127.0.0.1',
      ...(slow ? {} : { onread: { buffer: readBuffer, callback: take } }),
    })
    if (slow) socket.on('data', (data: Buffer) => take(data.copy(readBuffer)))
    socket.on('error', reject)
    sockets.push(socket)
    const upgrade =
      framing === 'websocket'
        ? [
            'Connection: Upgrade',
            'Upgrade: websocket',
            'Sec-WebSocket-Version: 13',
            `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
          ]
        : []
    const lines = [
      `GET ${path.replace('{}', String(number % 100))} HTTP/1.1`,
      'Host: localhost',
      ...upgrade,
      ...headers,
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  })
}

/** Lets go of one chunk at a time, and then waits for as long as it should have taken. */
function readSlowly(socket: Socket): void {
  socket.on('data', (data) => {
    socket.pause()
    setTimeout(() => socket.resume(), data.length)
  })
}

/** Counts data messages by their headers; whatever lies between is skipped. */
function countFrames(isSampled: boolean): (data: Buffer) => void {
  let skip = 0
  let head = Buffer.alloc(0)
  return (data) => {
    let at = 0
    while (at < data.length) {
      if (skip > 0) {
        const skipped = Math.min(skip, data.length - at)
        skip -= skipped
        at += skipped
        continue
      }
      if (head.length > 0 || data.length - at < 10) {
        head = Buffer.concat([head, data.subarray(at, at + 1)])
        at++
        const length = frameLength(head, 0)
        if (length === undefined) continue
        count(head, 0, isSampled)
        skip = length - head.length
        head = Buffer.alloc(0)
      } else {
        const length = frameLength(data, at) ?? 0
        count(data, at, isSampled)
        skip = length
      }
    }
  }
}

/** With its header; undefined while that is not all there. */
function frameLength(data: Buffer, at: number): number | undefined {
  const available = data.length - at
  if (available < 2) return undefined
  const short = data[at + 1] ?? 0
  if (short < 126) return 2 + short
  if (short === 126) return available < 4 ? undefined : 4 + data.readUInt16BE(at + 2)
  return available < 10 ? undefined : 10 + Number(data.readBigUInt64BE(at + 2))
}

/** Control messages of the protocol, which are shorter than any event, are not counted. */
function count(data: Buffer, at: number, isSampled: boolean): void {
  if ((frameLength(data, at) ?? 0) < EVENT_BYTES_MIN) return
  delivered++
  if (isSampled && isMeasuring) measureDelay(data, at)
}

function countBlankLines(isSampled: boolean): (data: Buffer) => void {
  return (data) => {
    for (let at = data.indexOf(BLANK_LINE); at >= 0; at = data.indexOf(BLANK_LINE, at + 2)) {
      delivered++
      if (isSampled && isMeasuring) measureDelay(data, Math.max(0, at - EVENT_BYTES_MAX))
    }
  }
}

function measureDelay(data: Buffer, from: number): void {
  const at = data.subarray(0, from + EVENT_BYTES_MAX).indexOf(AT, from)
  if (at < 0 || at + 25 > data.length) return
  delays.push((nowMicroseconds() - Number.parseInt(data.toString('latin1', at + 5, at + 25), 10)) / 1_000)
}
