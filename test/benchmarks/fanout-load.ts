/**
 * The partners of the fan-out benchmark, as a process of their own: opens the connections, counts what arrives without
 * looking at it, and measures the delay of what arrives at a few of them.
 */
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { constants, inflateRawSync } from 'node:zlib'
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
  /** Messages that a WebSocket sends once it is open. */
  readonly messages: readonly string[]
  /** How they read; those that are not `healthy` are not counted. */
  readonly reading: 'healthy' | 'nothing' | 'one KB a second' | 'a frame a minute'
}

/**
 * `blank-line`: frames that end with an empty line, as in SSE. `websocket-batches`: messages of several changes, which are
 * counted where delays are measured, and taken to be as many elsewhere.
 */
export type Framing = 'websocket' | 'websocket-batches' | 'blank-line'

const REPORT_MS = 2
const OPEN_AT_A_TIME = 100
/** One connection in so many has its delays measured. */
const SAMPLED_OF = 50
const READ_BYTES = 256 * 1024
/** The shortest event, compressed. */
const EVENT_BYTES_MIN = 400
/** The longest, with its envelope. */
const EVENT_BYTES_MAX = 2_400
const FRAME_BYTES = 2_048
const MINUTE_MS = 60_000
const BLANK_LINE = Buffer.from('\n\n')
const AT = Buffer.from('"at":')
const RESERVED_1 = 0x40
const FLUSH_TAIL = Uint8Array.of(0, 0, 0xff, 0xff)

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
function open(
  port: number,
  { framing, path, headers, messages, reading }: Partners,
  number: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const isSampled = number % SAMPLED_OF === 0
    const counter = counterOf(framing, isSampled)
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
      for (const message of messages) socket.write(maskedFrame(message))
      resolve()
      if (reading === 'healthy' && end + 4 < data.length) counter(data.subarray(end + 4))
      else if (reading === 'nothing') socket.pause()
      else if (reading === 'one KB a second') readSlowly(socket, (size) => size)
      else if (reading === 'a frame a minute') readSlowly(socket, () => MINUTE_MS)
      return true
    }
    const slow = reading === 'one KB a second' || reading === 'a frame a minute'
    const socket = connect({
      port,
      host: '127.0.0.1',
      ...(reading === 'a frame a minute' ? { highWaterMark: FRAME_BYTES } : {}),
      ...(slow ? {} : { onread: { buffer: readBuffer, callback: take } }),
    })
    if (slow) socket.on('data', (data: Buffer) => take(data.copy(readBuffer)))
    socket.on('error', reject)
    sockets.push(socket)
    const upgrade =
      framing !== 'blank-line'
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

/** Lets go of one chunk at a time, and then waits. */
function readSlowly(socket: Socket, restMs: (bytes: number) => number): void {
  socket.on('data', (data) => {
    socket.pause()
    setTimeout(() => socket.resume(), restMs(data.length))
  })
}

function counterOf(framing: Framing, isSampled: boolean): (data: Buffer) => void {
  switch (framing) {
    case 'websocket':
      return countFrames(isSampled)
    case 'websocket-batches':
      return isSampled ? countInBatches() : () => undefined
    case 'blank-line':
      return countBlankLines(isSampled)
  }
}

/** A text message of a client; with a mask of zeros, which leaves it as it is. */
function maskedFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const head = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0])
  return Buffer.concat([head, payload])
}

/** Looks into the messages. Of a connection that stands for `SAMPLED_OF`. */
function countInBatches(): (data: Buffer) => void {
  let unread = Buffer.alloc(0)
  return (data) => {
    unread = Buffer.concat([unread, data])
    for (
      let length = frameLength(unread, 0);
      length !== undefined && length <= unread.length;
      length = frameLength(unread, 0)
    ) {
      countChanges(textOf(unread.subarray(0, length)))
      unread = unread.subarray(length)
    }
  }
}

function textOf(frame: Buffer): Buffer {
  const short = frame[1] ?? 0
  const payload = frame.subarray(short < 126 ? 2 : short === 126 ? 4 : 10)
  if (((frame[0] ?? 0) & RESERVED_1) === 0) return payload
  return inflateRawSync(Buffer.concat([payload, FLUSH_TAIL]), { finishFlush: constants.Z_SYNC_FLUSH })
}

function countChanges(text: Buffer): void {
  for (let at = text.indexOf(AT); at >= 0; at = text.indexOf(AT, at + 1)) delivered += SAMPLED_OF
  if (isMeasuring) measureDelay(text, 0)
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
