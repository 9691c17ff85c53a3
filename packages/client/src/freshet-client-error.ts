/** Base of everything that this package throws on purpose. */
export abstract class FreshetClientError extends Error {
  override readonly name: string = this.constructor.name
  /** Whether the same call may succeed later, unchanged. */
  abstract readonly isRetryable: boolean
}
