/** Base of what an edit source throws. `isRetryable` says whether the same call may succeed later, unchanged. */
export abstract class EditSourceError extends Error {
  override readonly name: string = this.constructor.name
  abstract readonly isRetryable: boolean
}

/** The saved position is of another source or of an earlier state of the file; a person has to decide where to go on. */
export class PositionError extends EditSourceError {
  readonly isRetryable = false
}

/** The file is not there, cannot be opened, or is of no kind that Freshet reads. */
export class SourceFileError extends EditSourceError {
  readonly isRetryable = false
}

/** A recording was played so often that its ids or times no longer fit. */
export class LoopExhaustedError extends EditSourceError {
  readonly isRetryable = false
}

/** The connection failed, broke or fell silent. Sources catch it themselves and connect again. */
export class ConnectionLostError extends EditSourceError {
  readonly isRetryable = true
}

/** A compressed file ends too early or is not what it says; what was whole has been read. */
export class DamagedInputError extends EditSourceError {
  readonly isRetryable = false
}
