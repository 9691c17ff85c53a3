import type { ServerResponse } from 'node:http'
import { HEARTBEATS } from '@freshet/protocol'
import { drainOf } from './drain-of.ts'
import { type Packing, pack } from './packing.ts'
import type { Transport } from './transport.ts'

/**
 * SSE and NDJSON: an HTTP response that does not end. The headers are on their way already. Its body is written to the
 * socket below the response, which would frame for each partner anew what all of them are sent.
 */
export class HttpStreamTransport implements Transport {
  readonly framing: 'sse' | 'ndjson'
  readonly packing: Packing
  /** Nothing comes back over HTTP; a connection that is gone fails to take its heartbeats. */
  readonly isResponsive = true
  readonly closed: Promise<void>
  readonly #response: ServerResponse
  readonly #closeTimeoutMs: number
  #isClosing = false

  constructor(framing: 'sse' | 'ndjson', response: ServerResponse, closeTimeoutMs: number) {
    this.framing = framing
    // HTTP/1.0 has no chunks.
    this.packing = response.chunkedEncoding ? 'http-chunk' : 'plain'
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
    return this.#response.socket?.writableLength ?? 0
  }

  write(frames: readonly Uint8Array[]): void {
    if (frames.length > 0) this.writePacked(pack(this.packing, frames))
  }

  writePacked(bytes: Uint8Array): void {
    const { socket } = this.#response
    if (!this.#isClosing && socket?.writable) socket.write(bytes)
  }

  async drained(): Promise<void> {
    while (this.pendingBytes > 0 && !this.#response.closed) {
      await drainOf(this.#response.socket ?? this.#response)
    }
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
