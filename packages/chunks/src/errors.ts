/** Base of everything that applying a chunk delta throws. The same call never succeeds later, unchanged. */
export abstract class ChunksError extends Error {
  override readonly name: string = this.constructor.name
  readonly isRetryable = false
}

/** The delta was made from other chunks than those it was applied to: one was missed, or comes a second time. */
export class WrongBaseChunksError extends ChunksError {
  readonly expectedDigest: string
  readonly actualDigest: string

  constructor(expectedDigest: string, actualDigest: string) {
    super(`the delta applies to the chunks with digest ${expectedDigest}, these have ${actualDigest}`)
    this.expectedDigest = expectedDigest
    this.actualDigest = actualDigest
  }
}

/** The base is right, but the ops do not fit it or do not lead to the promised chunks: the delta was damaged. */
export class DamagedChunkDeltaError extends ChunksError {}
