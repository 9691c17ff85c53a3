import { FreshetClientError } from '../freshet-client-error.ts'

/** What is wrong between this client and a server. `changes` reconnects by itself after those that are retryable. */
export abstract class StreamError extends FreshetClientError {}

export interface RefusalDetails {
  readonly status: number
  /** A code of PROTOCOL.md; undefined when the answer did not come from Freshet. */
  readonly code: string | undefined
  readonly help: string | undefined
  /** How long the server asks to wait. */
  readonly retryAfterMs: number | undefined
}

/** The server answered, but not with a stream: the request is wrong, or it cannot be served now. */
export class RefusedError extends StreamError {
  readonly status: number
  readonly code: string | undefined
  readonly help: string | undefined
  readonly retryAfterMs: number | undefined
  readonly isRetryable: boolean

  constructor(message: string, { status, code, help, retryAfterMs }: RefusalDetails) {
    super(message)
    this.status = status
    this.code = code
    this.help = help
    this.retryAfterMs = retryAfterMs
    this.isRetryable = status >= 500 || RETRYABLE_STATUSES.includes(status)
  }
}

/** Request Timeout, Too Early, Too Many Requests; beside all of the server's own faults. */
const RETRYABLE_STATUSES: readonly number[] = [408, 425, 429]

/** The server ended the stream and said why, and whether to come back. */
export class ClosedError extends StreamError {
  readonly code: string
  readonly help: string
  /** Where to go on. */
  readonly cursor: string
  readonly isRetryable: boolean

  constructor(closing: {
    readonly code: string
    readonly reason: string
    readonly reconnect: boolean
    readonly cursor: string
  }) {
    super(`${closing.code}: ${closing.reason}`)
    this.code = closing.code
    this.help = closing.reconnect
      ? 'Reconnect with the cursor.'
      : `Do not reconnect as you are: see "${closing.code}" in PROTOCOL.md.`
    this.cursor = closing.cursor
    this.isRetryable = closing.reconnect
  }
}

/** The server could not be reached, or the connection broke. */
export class ConnectionError extends StreamError {
  readonly isRetryable = true
}

/** Nothing came for so long, not even a heartbeat, that the connection is taken for dead. */
export class SilentConnectionError extends StreamError {
  readonly isRetryable = true

  constructor(timeoutMs: number) {
    super(`nothing came for ${timeoutMs} ms, not even a heartbeat`)
  }
}

/** What came is not what a Freshet server sends: damaged on the way. */
export class BrokenFrameError extends StreamError {
  readonly isRetryable = true
}

/** A frame is longer than this client takes. It would come again. */
export class FrameTooLongError extends StreamError {
  readonly isRetryable = false

  constructor(bytesMax: number) {
    super(
      `a frame is longer than ${bytesMax} bytes; ask for fewer parts or a smaller batch, or raise frameBytesMax`,
    )
  }
}
