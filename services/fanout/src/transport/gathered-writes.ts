import type { Writable } from 'node:stream'

/** What is gathered is written at the latest when so much is unsent. */
const GATHERED_BYTES_MAX = 64 * 1024

/**
 * Writes to a socket that leave in one system call with whatever else is written to it in the same turn of the event loop:
 * by several subscriptions of one connection, or by several flushes of a busy process. The next turn does not begin before.
 */
export class GatheredWrites {
  #isGathering = false

  write(socket: Writable, bytes: Uint8Array): void {
    if (!this.#isGathering) {
      this.#isGathering = true
      socket.cork()
      process.nextTick(writeOut, this, socket)
    }
    socket.write(bytes)
    if (socket.writableLength >= GATHERED_BYTES_MAX) this.writeOut(socket)
  }

  /** Everything that is gathered, at once. */
  writeOut(socket: Writable): void {
    if (!this.#isGathering) return
    this.#isGathering = false
    socket.uncork()
  }
}

function writeOut(writes: GatheredWrites, socket: Writable): void {
  writes.writeOut(socket)
}
