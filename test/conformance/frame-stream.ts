import { EventSourceParserStream } from 'eventsource-parser/stream'
import { type ClientOptions, WebSocket } from 'ws'

/** NDJSON is asked for with gzip, as clients do who leave it to `fetch`. */
export type TransportName = 'sse' | 'ndjson' | 'websocket' | 'websocket-deflate'
export const TRANSPORTS: readonly TransportName[] = ['sse', 'ndjson', 'websocket', 'websocket-deflate']

/** Any frame, made alike for all transports. */
export interface Frame {
  readonly type: string
  readonly cursor?: string
  readonly subscription?: string
  readonly change?: ReceivedChange
  readonly changes?: readonly ReceivedChange[]
  readonly code?: string
  readonly [field: string]: unknown
}

export interface ReceivedChange {
  readonly id: string
  readonly [member: string]: unknown
}

export interface StreamRequest {
  readonly query?: Readonly<Record<string, string>> | string
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer that was no stream. */
export class Refusal extends Error {
  readonly status: number
  readonly headers: Headers
  readonly error: { readonly code: string; readonly message: string; readonly help: string }

  constructor(status: number, headers: Headers, text: string) {
    super(text)
    this.status = status
    this.headers = headers
    this.error = JSON.parse(text).error
  }
}

/** The frames of one connection, read one by one. */
export class FrameStream implements Disposable {
  readonly #frames: AsyncIterator<Frame>
  readonly #close: () => void

  constructor(frames: AsyncIterable<Frame>, close: () => void) {
    this.#frames = frames[Symbol.asyncIterator]()
    this.#close = close
  }

  /** undefined at the end. */
  async next(): Promise<Frame | undefined> {
    const { done, value } = await this.#frames.next()
    return done ? undefined : value
  }

  /** The next frame that fits; what comes before it is passed by. */
  async find(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const frame = await this.next()
      if (frame === undefined) throw new Error('the stream ended before the frame came')
      if (fits(frame)) return frame
    }
  }

  ofType(type: string): Promise<Frame> {
    return this.find((frame) => frame.type === type)
  }

  /** The next so many changes, and what is in a batch with the last; control frames between them are passed by, gaps are not. */
  async changes(count: number): Promise<Frame[]> {
    const found: Frame[] = []
    while (found.length < count)
      found.push(...changesIn(await this.find((frame) => changesIn(frame).length > 0)))
    return found
  }

  async ids(count: number): Promise<string[]> {
    return (await this.changes(count)).map(idOf)
  }

  /** Everything up to the end. */
  async rest(): Promise<Frame[]> {
    const frames: Frame[] = []
    for (let frame = await this.next(); frame !== undefined; frame = await this.next()) frames.push(frame)
    return frames
  }

  [Symbol.dispose](): void {
    this.#close()
  }
}

/** A gap, and what a frame holds of changes, each as a frame of its own. */
export function changesIn(frame: Frame): readonly Frame[] {
  if (frame.type !== 'changes') return frame.type === 'change' || frame.type === 'gap' ? [frame] : []
  return (frame.changes ?? []).map((change) => ({ ...frame, type: 'change', change }))
}

export function idOf(frame: Frame): string {
  return frame.change?.id ?? frame.type
}

/** Rejects with a `Refusal` when the server answers with anything but a stream. */
export async function openStream(
  url: string,
  transport: TransportName,
  { query = {}, headers = {} }: StreamRequest = {},
): Promise<FrameStream> {
  const target = `${url}/v1/changes?${new URLSearchParams(query)}`
  if (transport === 'websocket') return openSocket(target, headers).frames
  if (transport === 'websocket-deflate')
    return openSocket(target, headers, { perMessageDeflate: true }).frames
  const encoding = { 'accept-encoding': transport === 'sse' ? 'identity' : 'gzip' }
  const response = await openResponse(target, {
    headers: { accept: ACCEPT[transport], ...encoding, ...headers },
  })
  return new FrameStream(framesIn(response.body, transport), response.close)
}

export const ACCEPT = { sse: 'text/event-stream', ndjson: 'application/x-ndjson' } as const

export interface OpenResponse {
  readonly headers: Headers
  readonly body: ReadableStream<string>
  readonly close: () => void
}

export async function openResponse(target: string, init: RequestInit): Promise<OpenResponse> {
  const abort = new AbortController()
  const response = await fetch(target, { ...init, signal: abort.signal })
  if (!response.ok || response.body === null) {
    throw new Refusal(response.status, response.headers, await response.text())
  }
  const body = response.body.pipeThrough(new TextDecoderStream())
  return { headers: response.headers, body, close: () => abort.abort() }
}

export async function* framesIn(
  body: ReadableStream<string>,
  transport: 'sse' | 'ndjson',
): AsyncGenerator<Frame> {
  if (transport === 'sse') {
    for await (const { event, id, data } of body.pipeThrough(new EventSourceParserStream())) {
      const value = JSON.parse(data)
      if (event === undefined) yield { type: 'change', cursor: id ?? '', change: value }
      else yield event === 'changes' ? { type: event, cursor: id ?? '', changes: value } : value
    }
    return
  }
  let rest = ''
  for await (const text of body) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line)
  }
}

export interface OpenSocket {
  readonly socket: WebSocket
  readonly frames: FrameStream
  /** Resolves with the number that the server closed with. */
  readonly closed: Promise<number>
  send(message: unknown): void
}

export function openSocket(
  target: string,
  headers: Readonly<Record<string, string>> = {},
  options: ClientOptions = {},
): OpenSocket {
  const socket = new WebSocket(target.replace('http', 'ws'), {
    headers,
    perMessageDeflate: false,
    ...options,
  })
  const opened = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<number>()
  const waiting: Frame[] = []
  let wake = () => {}
  socket.on('open', () => opened.resolve())
  socket.on('message', (data) => {
    waiting.push(JSON.parse(String(data)))
    wake()
  })
  socket.on('unexpected-response', (_request, response) => {
    const headers = new Headers(response.headers as Record<string, string>)
    response.on('data', (body) => opened.reject(new Refusal(response.statusCode ?? 0, headers, String(body))))
  })
  socket.on('error', (error) => opened.reject(error))
  socket.on('close', (code) => {
    closed.resolve(code)
    wake()
  })
  async function* received(): AsyncGenerator<Frame> {
    await opened.promise
    for (;;) {
      const frame = waiting.shift()
      if (frame !== undefined) yield frame
      else if (socket.readyState === WebSocket.CLOSED) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }
  return {
    socket,
    frames: new FrameStream(received(), () => socket.terminate()),
    closed: closed.promise,
    send: (message) =>
      void opened.promise.then(
        () => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
        () => undefined,
      ),
  }
}
