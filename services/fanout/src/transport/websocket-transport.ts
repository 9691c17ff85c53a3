import type { Socket } from 'node:net'
import { type CloseCode, CODES } from '@freshet/protocol'
import { WebSocket } from 'ws'
import type { Encoding } from '../representation/content-encoding.ts'
import { drainOf } from './drain-of.ts'
import { GatheredWrites } from './gathered-writes.ts'
import { pack } from './packing.ts'
import type { Transport } from './transport.ts'

/** What a WebSocket close frame can say (RFC 6455, section 5.5). */
const REASON_BYTES_MAX = 123

/**
 * A WebSocket. `ws` reads what partners send and keeps the closing handshake; the frames, which others share, are
 * written to the socket below it, between its own.
 */
export class WebSocketTransport implements Transport {
  readonly framing = 'websocket'
  readonly packing = 'plain'
  readonly encoding: Encoding
  readonly closed: Promise<void>
  readonly #webSocket: WebSocket
  readonly #socket: Socket
  readonly #gathered = new GatheredWrites()
  /** Shared by all subscriptions that wait. */
  #draining: Promise<void> | undefined
  /** How much the partner had sent by the last ping: whatever it sends is a sign of life. */
  #bytesHeard = -1
  #isResponsive = true

  constructor(webSocket: WebSocket, socket: Socket) {
    this.#webSocket = webSocket
    this.#socket = socket
    this.encoding = webSocket.extensions.includes('permessage-deflate') ? 'deflate' : 'identity'
    const { promise, resolve } = Promise.withResolvers<void>()
    this.closed = promise
    webSocket.on('close', () => resolve())
    if (webSocket.readyState === WebSocket.CLOSED) resolve()
  }

  get pendingBytes(): number {
    return this.#socket.writableLength + this.#gathered.heldBytes
  }

  write(frames: readonly Uint8Array[]): void {
    if (frames.length > 0) this.writePacked(pack(this.packing, frames))
    this.#gathered.writeOut()
  }

  writePacked(bytes: Uint8Array): void {
    // After our close frame nothing may follow, and a destroyed socket takes nothing.
    if (this.#webSocket.readyState !== WebSocket.OPEN || !this.#socket.writable) return
    this.#gathered.write(this.#socket, bytes)
  }

  async drained(): Promise<void> {
    if (this.pendingBytes === 0) return
    this.#draining ??= this.#drain()
    await this.#draining
  }

  /** Only when nothing is pending: behind a backlog it would wait for longer than its answer is waited for. */
  heartbeat(): void {
    this.#gathered.writeOut()
    if (this.#webSocket.readyState !== WebSocket.OPEN || this.pendingBytes > 0) return
    const { bytesRead } = this.#socket
    this.#isResponsive = bytesRead > this.#bytesHeard
    this.#bytesHeard = bytesRead
    this.#webSocket.ping()
  }

  get isResponsive(): boolean {
    return this.#isResponsive
  }

  close(code: CloseCode, reason: string): void {
    this.#gathered.writeOut()
    this.#webSocket.close(CODES[code].closeCode, cutToBytes(reason, REASON_BYTES_MAX))
  }

  async #drain(): Promise<void> {
    // At least once, as the promise of this has to be kept before it is let go of.
    do await drainOf(this.#socket)
    while (this.pendingBytes > 0 && !this.#socket.destroyed)
    this.#draining = undefined
  }
}

function cutToBytes(text: string, bytesMax: number): string {
  let cut = text
  while (Buffer.byteLength(cut) > bytesMax) cut = cut.slice(0, -1)
  return cut.toWellFormed()
}
