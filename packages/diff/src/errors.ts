/** Base of everything that applying a diff throws. The same call never succeeds later, unchanged. */
export abstract class DiffError extends Error {
  override readonly name: string = this.constructor.name
  readonly isRetryable = false
}

/** The diff was made from another text than the one it was applied to. Get the right base, or the whole new text. */
export class WrongBaseError extends DiffError {
  readonly expectedSha256: string
  readonly actualSha256: string

  constructor(expectedSha256: string, actualSha256: string) {
    super(`the diff applies to the text with SHA-256 ${expectedSha256}, this one has ${actualSha256}`)
    this.expectedSha256 = expectedSha256
    this.actualSha256 = actualSha256
  }
}

/** The base is right, but the ops do not fit it or do not lead to the promised text: the diff was damaged. */
export class DamagedDiffError extends DiffError {}
