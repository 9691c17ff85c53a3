/** The input that a recording is to be made from cannot be used; the message says why and what to do. */
export class RecordingInputError extends Error {
  override readonly name = 'RecordingInputError'
  /** The same file fails in the same way. */
  readonly isRetryable = false
}
