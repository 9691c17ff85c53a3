import { createServer, type Server, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { InMemoryChangeLog } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import { FANOUT_SETTINGS, Fanout } from '@freshet/fanout'
import Fastify from 'fastify'
import { type WebSocket, WebSocketServer } from 'ws'
import { benchmarkEvent, wikiOf } from './fanout-events.ts'
import { benchmarkRecord } from './fanout-record.ts'

/** A server under test, with its publisher inside. */
export interface Subject {
  readonly server: { address(): unknown; listen(port: number, host: string, done: () => void): unknown }
  /** Gives the events with these numbers to whoever wants them. */
  publish(numbers: readonly number[]): void
}

export const SUBJECTS = {
  /** Freshet's fan-out over the in-memory log. */
  freshet: freshetSubject,
  /** `ws` does the handshake; one frame is built for each event and written to every socket. */
  'ws-prebuilt': () => wsSubject(false, prebuiltSender),
  /** What most servers do. */
  'ws-stringify': () => wsSubject(false, stringifySender),
  'ws-deflate': () => wsSubject(true, stringifySender),
  /** The same bytes to sockets without any protocol: the limit of the system. */
  tcp: tcpSubject,
  sse: sseSubject,
} as const
export type SubjectName = keyof typeof SUBJECTS

const PARTITIONS = 10
/** Little: a log in production is not in the memory that is collected. */
const KEPT_BYTES = 1 * 1024 ** 2

async function freshetSubject(): Promise<Subject> {
  const log = new InMemoryChangeLog()
  await log.ensureTopics([
    {
      name: CHANGES_TOPIC,
      partitions: PARTITIONS,
      cleanup: 'delete',
      retentionMs: undefined,
      retentionBytes: KEPT_BYTES,
    },
  ])
  const settings = FANOUT_SETTINGS.schema.parse({ connectionsMax: 20_000 })
  const fanout = new Fanout({ log, settings })
  await fanout.start()
  const app = Fastify()
  fanout.register(app)
  fanout.attach(app.server)
  await app.ready()
  return {
    server: app.server,
    publish: (numbers) => void log.append(numbers.map(benchmarkRecord)),
  }
}

/** Sockets by the wiki they asked for; `undefined` is everything. */
type Channels<T> = Map<string | undefined, T[]>

function join<T>(channels: Channels<T>, url: string | undefined, member: T): void {
  const wiki = new URL(url ?? '/', 'http://x').searchParams.get('wiki') ?? undefined
  const members = channels.get(wiki) ?? []
  members.push(member)
  channels.set(wiki, members)
}

function* wanting<T>(channels: Channels<T>, number: number): Generator<T> {
  yield* channels.get(undefined) ?? []
  yield* channels.get(wikiOf(number)) ?? []
}

interface WsMember {
  readonly webSocket: WebSocket
  readonly socket: Socket
}

async function wsSubject(
  perMessageDeflate: boolean,
  sender: (channels: Channels<WsMember>, number: number) => void,
): Promise<Subject> {
  const server = createServer()
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate })
  const channels: Channels<WsMember> = new Map()
  server.on('upgrade', (request, socket, head) => {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => undefined)
      join(channels, request.url, { webSocket, socket: socket as Socket })
    })
  })
  return {
    server,
    publish: (numbers) => {
      for (const number of numbers) sender(channels, number)
    },
  }
}

function prebuiltSender(channels: Channels<WsMember>, number: number): void {
  const text = Buffer.from(envelopeText(number))
  const head = Buffer.from([0x81, 126, text.length >> 8, text.length & 0xff])
  const frame = Buffer.concat([head, text])
  for (const { socket } of wanting(channels, number)) socket.write(frame)
}

function stringifySender(channels: Channels<WsMember>, number: number): void {
  const event = JSON.parse(envelopeText(number))
  for (const { webSocket } of wanting(channels, number)) webSocket.send(JSON.stringify(event))
}

function envelopeText(number: number): string {
  const { core, diff } = benchmarkEvent(number)
  const cursor = `kUl4Qm2x9A~0.${number.toString(36)}~0f3k`
  return `{"type":"change","subscription":"default","cursor":"${cursor}","change":${core.slice(0, -1)},"diff":${diff}}}`
}

async function tcpSubject(): Promise<Subject> {
  const channels: Channels<Socket> = new Map()
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    socket.setNoDelay(true)
    // The first line is that of an HTTP request, so that the same load generator serves.
    socket.once('data', (data) => {
      join(channels, data.toString('latin1').split(' ')[1], socket)
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
    })
  })
  return {
    server,
    publish: (numbers) => {
      for (const number of numbers) {
        const frame = Buffer.from(`${envelopeText(number)}\n\n`)
        for (const socket of wanting(channels, number)) socket.write(frame)
      }
    },
  }
}

async function sseSubject(): Promise<Subject> {
  const channels: Channels<ServerResponse> = new Map()
  const server: Server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    join(channels, request.url, response)
  })
  return {
    server,
    publish: (numbers) => {
      for (const number of numbers) {
        const frame = Buffer.from(`data: ${envelopeText(number)}\n\n`)
        for (const response of wanting(channels, number)) response.write(frame)
      }
    },
  }
}
