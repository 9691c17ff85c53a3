import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { articleChangeOf } from './article-change-of.ts'

/** What goes wrong on one connection. `after` counts the changes that are delivered on it before. */
export type StreamFault =
  /** The socket is reset, so many bytes into the next frame. */
  | { readonly type: 'cut'; readonly after: number; readonly frameBytes: number }
  /** The answer ends, without a closing frame. */
  | { readonly type: 'end'; readonly after: number }
  | { readonly type: 'close'; readonly after: number; readonly code: string; readonly reconnect: boolean }
  /** Nothing comes any more, not even a heartbeat. */
  | { readonly type: 'stall'; readonly after: number }
  /** A line that is no frame. */
  | { readonly type: 'garble'; readonly after: number; readonly bytes: Uint8Array }
  /** The next so many changes are lost to retention; then the stream goes on, or the answer ends. */
  | { readonly type: 'gap'; readonly after: number; readonly lost: number; readonly endsBehind: boolean }
  | {
      readonly type: 'refuse'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body: string
    }
  /** Everything in small writes. */
  | { readonly type: 'trickle'; readonly bytesPerWrite: number }

export interface StreamRequest {
  readonly filter?: unknown
  readonly parts?: unknown
  readonly batch?: number
  readonly from?: string
  readonly until?: string
}

const HEARTBEAT = ' '

/**
 * A local server that streams numbered changes as NDJSON, as PROTOCOL.md says, with faults that a test lines up. Its
 * cursors are the numbers; without `from` it starts at the first change, with `until` it ends.
 */
export class StreamSimulator implements AsyncDisposable {
  readonly requests: StreamRequest[] = []
  readonly headers: IncomingMessage['headers'][] = []
  /** Bytes given to sockets, all connections together. */
  sentBytes = 0
  /** A socket takes no more for now. */
  isBlocked = false
  readonly #changes: readonly string[]
  readonly #faults: StreamFault[] = []
  readonly #server = createServer((request, response) => void this.#answer(request, response))
  #openConnections = 0

  private constructor(count: number, padding: string) {
    this.#changes = Array.from({ length: count }, (_, index) =>
      JSON.stringify(
        articleChangeOf({ id: `enwiki:${index}`, title: `Émeu 🦤 ${index}`, wikitext: padding }),
      ),
    )
  }

  static async start(count: number, padding = ''): Promise<StreamSimulator> {
    const simulator = new StreamSimulator(count, padding)
    simulator.#server.listen(0, '127.0.0.1')
    await once(simulator.#server, 'listening')
    return simulator
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get openConnections(): number {
    return this.#openConnections
  }

  /** The next connections get these faults, one each; those after them get none. */
  failNext(...faults: readonly StreamFault[]): void {
    this.#faults.push(...faults)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks = await Array.fromAsync(request)
    const asked: StreamRequest = JSON.parse(Buffer.concat(chunks).toString())
    this.requests.push(asked)
    this.headers.push(request.headers)
    const fault = this.#faults.shift()
    if (fault?.type === 'refuse') {
      response
        .writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers })
        .end(fault.body)
      return
    }
    response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' })
    this.#openConnections += 1
    response.on('close', () => {
      this.#openConnections -= 1
    })
    await this.#stream(new Connection(response, this, fault), asked, fault)
  }

  async #stream(
    connection: Connection,
    { from, until, batch = 1 }: StreamRequest,
    fault: StreamFault | undefined,
  ): Promise<void> {
    let at = Number(from ?? 0)
    await connection.write(
      frame({ type: 'progress', cursor: `${at}`, state: 'live', lagRecords: 0, lagMs: 0 }),
    )
    await connection.write(frame({ type: 'of-a-later-version' }))
    for (let sent = 0; at < this.#changes.length; ) {
      const left = this.#changes.length - at
      if (fault !== undefined && 'after' in fault && fault.after === sent) {
        if (fault.type !== 'gap')
          return connection.fail(
            fault,
            at,
            this.#frameAt(at, batch === 1 ? undefined : Math.min(batch, left)),
          )
        const to = Math.min(at + fault.lost, this.#changes.length)
        const [reason, remedy] = ['retention', 'Fetch your pages.']
        await connection.write(frame({ type: 'gap', from: `${at}`, to: `${to}`, reason, remedy }))
        if (fault.endsBehind) return connection.end()
        at = to
        sent++
        continue
      }
      const before = fault !== undefined && 'after' in fault && fault.after > sent ? fault.after - sent : left
      const count = Math.min(batch, left, before)
      await connection.write(HEARTBEAT + this.#frameAt(at, batch === 1 ? undefined : count))
      if (connection.isClosed) return
      at += count
      sent += count
    }
    if (until === undefined) return connection.write(HEARTBEAT)
    await connection.write(closing('complete', false, at))
    connection.end()
  }

  /** A batch of so many; undefined: the change alone. */
  #frameAt(at: number, count: number | undefined): string {
    if (count !== undefined) {
      const changes = this.#changes.slice(at, at + count)
      return `{"type":"changes","cursor":"${at + count}","changes":[${changes.join(',')}]}\n`
    }
    return `{"type":"change","cursor":"${at + 1}","change":${this.#changes[at] ?? '{}'}}\n`
  }
}

class Connection {
  readonly #response: ServerResponse
  readonly #simulator: StreamSimulator
  readonly #bytesPerWrite: number

  constructor(response: ServerResponse, simulator: StreamSimulator, fault: StreamFault | undefined) {
    this.#response = response
    this.#simulator = simulator
    this.#bytesPerWrite = fault?.type === 'trickle' ? fault.bytesPerWrite : Number.POSITIVE_INFINITY
  }

  get isClosed(): boolean {
    return this.#response.destroyed
  }

  async write(frame: string | Uint8Array): Promise<void> {
    const bytes = Buffer.from(frame)
    for (let at = 0; at < bytes.length && !this.isClosed; at += this.#bytesPerWrite) {
      const piece = bytes.subarray(at, Math.min(bytes.length, at + this.#bytesPerWrite))
      this.#simulator.sentBytes += piece.length
      if (!this.#response.write(piece)) await this.#drained()
      if (this.#bytesPerWrite < bytes.length) await turn()
    }
  }

  async fail(
    fault: Exclude<StreamFault, { type: 'refuse' | 'trickle' | 'gap' }>,
    at: number,
    next: string,
  ): Promise<void> {
    switch (fault.type) {
      case 'cut':
        await this.write(Buffer.from(next).subarray(0, fault.frameBytes))
        await turn()
        this.#response.destroy()
        return
      case 'end':
        this.end()
        return
      case 'close':
        await this.write(closing(fault.code, fault.reconnect, at))
        this.end()
        return
      case 'garble':
        this.#response.write(fault.bytes)
        return
      case 'stall':
        return
    }
  }

  end(): void {
    this.#response.end()
  }

  async #drained(): Promise<void> {
    this.#simulator.isBlocked = true
    const over = new AbortController()
    const { signal } = over
    await Promise.race(['drain', 'close'].map((event) => once(this.#response, event, { signal })))
    over.abort()
    this.#simulator.isBlocked = false
  }
}

function frame(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}

function closing(code: string, reconnect: boolean, at: number): string {
  return frame({ type: 'closing', code, reason: `because of ${code}`, reconnect, cursor: `${at}` })
}
