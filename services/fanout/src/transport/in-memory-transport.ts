import type { CloseCode, Framing } from '@freshet/protocol'
import type { Transport } from './transport.ts'

/** Keeps what is written. Its partner reads when `take` is called; until then everything is pending. */
export class InMemoryTransport implements Transport {
  readonly framing: Framing
  readonly packing = 'plain'
  readonly encoding = 'identity'
  readonly isResponsive = true
  readonly closed: Promise<void>
  #pending: Uint8Array[] = []
  #drained = Promise.withResolvers<void>()
  readonly #closed = Promise.withResolvers<void>()
  #closeCode: CloseCode | undefined

  constructor(framing: Framing) {
    this.framing = framing
    this.closed = this.#closed.promise
  }

  get pendingBytes(): number {
    return this.#pending.reduce((sum, frame) => sum + frame.length, 0)
  }

  get closeCode(): CloseCode | undefined {
    return this.#closeCode
  }

  write(frames: readonly Uint8Array[]): void {
    if (this.#closeCode === undefined) this.#pending.push(...frames)
  }

  writePacked(bytes: Uint8Array): void {
    this.write([bytes])
  }

  async drained(): Promise<void> {
    if (this.#pending.length > 0 && this.#closeCode === undefined) await this.#drained.promise
  }

  heartbeat(): void {
    this.write([Buffer.from(' ')])
  }

  close(code: CloseCode): void {
    this.#closeCode ??= code
    this.#drained.resolve()
    this.#closed.resolve()
  }

  /** All that is pending, as the partner reads it. */
  take(): string {
    const text = Buffer.concat(this.#pending).toString()
    this.#pending = []
    this.#drained.resolve()
    this.#drained = Promise.withResolvers()
    return text
  }
}
