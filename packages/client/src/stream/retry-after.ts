/** More than this is taken for a mistake of the server. */
const RETRY_AFTER_MS_MAX = 60 * 60 * 1_000

/**
 * How long a `Retry-After` header asks to wait: seconds, or an HTTP date
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after). Undefined when there is none or it says neither.
 */
export function retryAfterMs(header: null | string, nowMs: number): number | undefined {
  if (header === null) return undefined
  const delayMs = /^\s*\d+\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(delayMs, 0), RETRY_AFTER_MS_MAX)
}
