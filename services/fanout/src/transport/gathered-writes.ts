import type { Writable } from 'node:stream'

/** What is gathered is written at the latest when so much is unsent. */
const GATHERED_BYTES_MAX = 64 * 1024

/**
 * Writes to a socket that leave in one system call with whatever else is written to it in the same turn of the event loop:
 * by several subscriptions of one connection, or by several flushes of a busy process. The next turn does not begin before.
 */
export class GatheredWrites {
  /** While something is gathered. */
  #socket: Writable | undefined
  /** What was gathered while nothing else is: mostly that is all, and a corked socket would keep a list of it. */
  #only: Uint8Array | undefined

  /** What the socket does not know of yet. */
  get heldBytes(): number {
    return this.#only?.length ?? 0
  }

  write(socket: Writable, bytes: Uint8Array): void {
    if (this.#socket === undefined) {
      this.#socket = socket
      this.#only = bytes
      writeOutAtEndOfTurn(this)
    } else {
      if (this.#only !== undefined) this.#cork(socket, this.#only)
      socket.write(bytes)
    }
    if (socket.writableLength + this.heldBytes >= GATHERED_BYTES_MAX) this.writeOut()
  }

  /** Everything that is gathered, at once. To be called before anything else writes to the socket, or ends it. */
  writeOut(): void {
    const socket = this.#socket
    const only = this.#only
    this.#socket = undefined
    this.#only = undefined
    if (only === undefined) socket?.uncork()
    else if (socket?.writable) socket.write(only)
  }

  #cork(socket: Writable, bytes: Uint8Array): void {
    this.#only = undefined
    socket.cork()
    socket.write(bytes)
  }
}

/** Of all sockets that are written to in this turn, so that one callback does for them. Emptied before the next turn. */
const gathering: GatheredWrites[] = []

function writeOutAtEndOfTurn(writes: GatheredWrites): void {
  if (gathering.push(writes) === 1) process.nextTick(writeAllOut)
}

function writeAllOut(): void {
  for (const writes of gathering.splice(0)) writes.writeOut()
}
