import type { ServerResponse } from 'node:http'
import { HEARTBEATS } from '@freshet/protocol'
import type { BodyPiece, ContentEncoding } from '../representation/content-encoding.ts'
import { Crc32Sum } from '../representation/crc32-sum.ts'
import { drainOf } from './drain-of.ts'
import { GatheredWrites } from './gathered-writes.ts'
import { type Packing, pack, packUncopied } from './packing.ts'
import type { Transport } from './transport.ts'

/** From so many bytes on, copying them costs more than it saves. */
const UNCOPIED_BYTES_MIN = 32 * 1024

export interface HttpStreamOptions {
  readonly framing: 'sse' | 'ndjson'
  readonly encoding: 'identity' | ContentEncoding
  readonly response: ServerResponse
  readonly closeTimeoutMs: number
}

/**
 * SSE and NDJSON: an HTTP response that does not end. The headers are on their way already. Its body is written to the
 * socket below the response, which would frame for each partner anew what all of them are sent.
 */
export class HttpStreamTransport implements Transport {
  readonly framing: 'sse' | 'ndjson'
  readonly packing: Packing
  readonly encoding: 'identity' | ContentEncoding
  /** Nothing comes back over HTTP; a connection that is gone fails to take its heartbeats. */
  readonly isResponsive = true
  readonly closed: Promise<void>
  readonly #response: ServerResponse
  readonly #closeTimeoutMs: number
  readonly #gathered = new GatheredWrites()
  #isClosing = false
  /** Of the whole body, uncompressed. */
  #sum = Crc32Sum.EMPTY

  constructor({ framing, encoding, response, closeTimeoutMs }: HttpStreamOptions) {
    this.framing = framing
    this.encoding = encoding
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
    if (encoding !== 'identity') this.write([encoding.head])
  }

  get pendingBytes(): number {
    return (this.#response.socket?.writableLength ?? 0) + this.#gathered.heldBytes
  }

  write(frames: readonly Uint8Array[]): void {
    const bytes = frames.reduce((sum, { length }) => sum + length, 0)
    // An empty chunk would be the last.
    if (bytes === 0) return
    if (this.encoding === 'identity' && bytes >= UNCOPIED_BYTES_MIN) this.#writeUncopied(frames)
    else this.writePacked(pack(this.packing, frames))
    this.#gathered.writeOut()
  }

  writePacked(bytes: BodyPiece): void {
    const { socket } = this.#response
    if (this.#isClosing || !socket?.writable) return
    this.#gathered.write(socket, bytes)
    if (bytes.sum !== undefined) this.#sum = this.#sum.followedBy(bytes.sum)
  }

  /** In one system call all the same. */
  #writeUncopied(frames: readonly Uint8Array[]): void {
    const { socket } = this.#response
    if (this.#isClosing || !socket?.writable) return
    this.#gathered.writeOut()
    socket.cork()
    for (const piece of packUncopied(this.packing, frames)) socket.write(piece)
    socket.uncork()
  }

  /** What no subscription writes, and so is not compressed yet. */
  writeText(text: string): void {
    const bytes = Buffer.from(text)
    this.write([this.encoding === 'identity' ? bytes : this.encoding.encodeControl(bytes)])
  }

  async drained(): Promise<void> {
    while (this.pendingBytes > 0 && !this.#response.closed) {
      await drainOf(this.#response.socket ?? this.#response)
    }
  }

  heartbeat(): void {
    this.#gathered.writeOut()
    if (this.pendingBytes === 0) this.writeText(HEARTBEATS[this.framing])
  }

  close(): void {
    if (this.#isClosing) return
    if (this.encoding !== 'identity') this.write([this.encoding.end(this.#sum)])
    this.#gathered.writeOut()
    this.#isClosing = true
    this.#response.end()
    const timer = setTimeout(() => this.#response.destroy(), this.#closeTimeoutMs)
    this.#response.once('close', () => clearTimeout(timer))
  }
}
