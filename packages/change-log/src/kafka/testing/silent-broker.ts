import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import Encoder from 'kafkajs/src/protocol/encoder.js'
import type { HostPort } from '../broker-connections.ts'

const API_VERSIONS = 18
const PRODUCE = 0
const CORRELATION_ID_AT = 8
const API_KEY_AT = 4

/** Takes connections, says what it understands, and answers nothing else, as a broker that stands still. */
export class SilentBroker implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** How many connections it has taken. */
  connections = 0

  static async start(): Promise<SilentBroker> {
    const broker = new SilentBroker()
    await new Promise<void>((resolve) => broker.#server.listen(0, '127.0.0.1', resolve))
    return broker
  }

  private constructor() {
    this.#server = createServer((socket) => {
      this.connections++
      this.#sockets.add(socket)
      // Small requests arrive in one piece.
      socket.on('data', (request: Buffer) => {
        if (request.readInt16BE(API_KEY_AT) !== API_VERSIONS) return
        socket.write(versionsAnswer(request.readInt32BE(CORRELATION_ID_AT)))
      })
      socket.on('error', () => undefined)
    })
  }

  get address(): HostPort {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  /** To all who are connected. */
  write(bytes: Buffer): void {
    for (const socket of this.#sockets) socket.write(bytes)
  }

  /** Closes all connections, once what was written has left. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((closed) => this.#server.close(closed))
  }
}

function versionsAnswer(correlationId: number): Buffer {
  const versions = [API_VERSIONS, PRODUCE].map((apiKey) =>
    new Encoder().writeInt16(apiKey).writeInt16(0).writeInt16(7),
  )
  const { buffer } = new Encoder().writeInt32(correlationId).writeInt16(0).writeArray(versions).writeInt32(0)
  return Buffer.concat([new Encoder().writeInt32(buffer.length).buffer, buffer])
}
