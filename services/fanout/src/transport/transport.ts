import type { CloseCode, Framing } from '@freshet/protocol'
import type { Encoding } from '../representation/content-encoding.ts'
import type { Packing } from './packing.ts'

/**
 * One partner's connection, as bytes out.
 *
 * **Promises.** What is written arrives in that order and whole, or the transport closes. `pendingBytes` counts
 * everything that was written and that the operating system has not taken yet. `close` lets what was written go out,
 * for a bounded time. `closed` resolves exactly once, whoever ended the connection, and nothing throws after it.
 *
 * **Does not** refuse a write because much is pending.
 *
 * **The caller owes** it to look at `pendingBytes` and to wait for `drained`.
 */
export interface Transport {
  readonly framing: Framing
  readonly packing: Packing
  /** How the frames of changes are to be compressed. */
  readonly encoding: Encoding
  readonly pendingBytes: number
  /** At once, all frames in as few system calls as possible. Ignored once the transport is closing. */
  write(frames: readonly Uint8Array[]): void
  /**
   * Of frames that `pack` made into one piece for this packing; others may be given the same piece. It leaves, in one system call,
   * with what else is written in this turn of the event loop, and before the next turn.
   */
  writePacked(bytes: Uint8Array): void
  /** Resolves when nothing is pending, or the transport has closed. */
  drained(): Promise<void>
  /** A sign of life that no client takes for an event; asks for one where the transport can. */
  heartbeat(): void
  /** False when the partner left a sign of life unanswered until the next was due. */
  readonly isResponsive: boolean
  close(code: CloseCode, reason: string): void
  readonly closed: Promise<void>
}
