import { CODES, type Code, isReconnectable } from './codes.ts'

/** What an HTTP error is answered with, and what an `error` frame holds beside its type. */
export interface ErrorBody {
  readonly code: Code
  /** What is wrong, naming the field. */
  readonly message: string
  /** What to do about it. */
  readonly help: string
}

/** A partner's request that cannot be served, told in the partner's words. Its cause is its code. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code: Code
  readonly help: string

  constructor(code: Code, message: string, help: string) {
    super(message)
    this.code = code
    this.help = help
  }

  get isRetryable(): boolean {
    return isReconnectable(this.code)
  }

  /** 500 for a code that has no place in HTTP. */
  get httpStatus(): number {
    return CODES[this.code].httpStatus ?? 500
  }

  get body(): ErrorBody {
    return { code: this.code, message: this.message, help: this.help }
  }
}
