/** What a wiki's Action API can do instead of answering. */
export type ActionApiFault =
  /** Status 200, an error in the body, `Retry-After` and `X-Database-Lag`. */
  | { readonly type: 'maxlag'; readonly lagSeconds: number; readonly retryAfter: string }
  /** An error in a body of status 200, such as `ratelimited`, `readonly`, `internal_api_error_DBQueryError`. */
  | { readonly type: 'api_error'; readonly code: string }
  /** An HTML error page, as the proxies in front of a wiki send. */
  | { readonly type: 'status'; readonly status: number; readonly retryAfter: string | undefined }
  /** An HTML page with status 200. */
  | { readonly type: 'html' }
  /** JSON, but nobody's. */
  | { readonly type: 'nonsense' }
  /** The first half of the answer, well-formed as HTTP. */
  | { readonly type: 'half' }
  /** The connection breaks in the middle of the answer. */
  | { readonly type: 'cut' }
  /** No answer at all. */
  | { readonly type: 'stall' }
  /** The answer, later. */
  | { readonly type: 'slow'; readonly delayMs: number }

/** One of each, for a schedule that tries them all. */
export const ACTION_API_FAULTS: readonly ActionApiFault[] = [
  { type: 'maxlag', lagSeconds: 7, retryAfter: '5' },
  { type: 'api_error', code: 'ratelimited' },
  { type: 'api_error', code: 'readonly' },
  { type: 'api_error', code: 'internal_api_error_DBQueryError' },
  { type: 'status', status: 429, retryAfter: '2' },
  { type: 'status', status: 429, retryAfter: undefined },
  { type: 'status', status: 503, retryAfter: new Date(Date.UTC(2001, 0, 15)).toUTCString() },
  { type: 'status', status: 500, retryAfter: undefined },
  { type: 'status', status: 502, retryAfter: undefined },
  { type: 'html' },
  { type: 'nonsense' },
  { type: 'half' },
  { type: 'cut' },
  { type: 'slow', delayMs: 5 },
]

/** A fault for each request, or undefined: by chance, from a seed (32 bits), the same every time. */
export function faultSchedule(
  seed: number,
  faultRate: number,
  faults: readonly ActionApiFault[],
): () => ActionApiFault | undefined {
  const random = seededRandom(seed)
  return () => (random() < faultRate ? faults[Math.floor(random() * faults.length)] : undefined)
}

/** Numbers from 0 up to 1 in a fixed order: a linear congruential generator with the constants of Numerical Recipes. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
