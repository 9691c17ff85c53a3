/** What a person did wrong, told in one line. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly isRetryable = false
}
