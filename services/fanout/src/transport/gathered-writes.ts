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

  write(socket: Writable, bytes: Uint8Array): void {
    if (this.#socket === undefined) {
      this.#socket = socket
      socket.cork()
      writeOutAtEndOfTurn(this)
    }
    socket.write(bytes)
    if (socket.writableLength >= GATHERED_BYTES_MAX) this.writeOut()
  }

  /** Everything that is gathered, at once. */
  writeOut(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.uncork()
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
