import type { ServerResponse } from 'node:http'
import { HEARTBEATS } from '@freshet/protocol'
import { drainOf } from './drain-of.ts'
import type { Transport } from './transport.ts'

/** SSE and NDJSON: an HTTP response that does not end. The headers are on their way already. */
export class HttpStreamTransport implements Transport {
  readonly framing: 'sse' | 'ndjson'
  /** Nothing comes back over HTTP; a connection that is gone fails to take its heartbeats. */
  readonly isResponsive = true
  readonly closed: Promise<void>
  readonly #response: ServerResponse
  readonly #closeTimeoutMs: number
  #isClosing = false

  constructor(framing: 'sse' | 'ndjson', response: ServerResponse, closeTimeoutMs: number) {
    this.framing = framing
    this.#response = response
    this.#closeTimeoutMs = closeTimeoutMs
    const { promise, resolve } = Promise.withResolvers<void>()
    this.closed = promise
    // The reason of a broken connection is of no use to anybody: the partner comes back with its cursor.
    response.on('error', () => response.destroy())
    response.once('close', () => {
      this.#isClosing = true
      resolve()
    })
    if (response.closed) {
      this.#isClosing = true
      resolve()
    }
  }

  get pendingBytes(): number {
    return this.#response.writableLength
  }

  write(frames: readonly Uint8Array[]): void {
    if (this.#isClosing) return
    // Not corked: a corked response does not notice that its socket is full, and so never tells that it has drained.
    const [first] = frames
    if (first !== undefined) this.#response.write(frames.length === 1 ? first : Buffer.concat(frames))
  }

  async drained(): Promise<void> {
    while (this.pendingBytes > 0 && !this.#isClosing) await drainOf(this.#response)
  }

  heartbeat(): void {
    if (this.pendingBytes === 0) this.write([Buffer.from(HEARTBEATS[this.framing])])
  }

  close(): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#response.end()
    const timer = setTimeout(() => this.#response.destroy(), this.#closeTimeoutMs)
    this.#response.once('close', () => clearTimeout(timer))
  }
}
