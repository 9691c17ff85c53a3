import { ProtocolError } from './errors.ts'
import { quoted } from './mistake.ts'

/** Where a stream starts or ends. A cursor is only checked against the log that serves it. */
export type StreamPoint =
  | { readonly type: 'earliest' }
  | { readonly type: 'latest' }
  | { readonly type: 'time'; readonly timeMs: number }
  | { readonly type: 'cursor'; readonly cursor: string }

const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/

/** Reads `earliest`, `latest`, a cursor, or a time: ISO 8601 with its offset from UTC, or a date, which starts at 00:00 UTC. */
export function parseStreamPoint(text: string, field: string): StreamPoint {
  if (text === 'earliest' || text === 'latest') return { type: text }
  if (text.includes('~')) return { type: 'cursor', cursor: text }
  // In a query, the plus sign of an offset that was not escaped arrives as a space.
  const time = text.replace(/ (?=\d{2}:\d{2}$)/, '+')
  const timeMs = TIME.test(time) ? Date.parse(time) : Number.NaN
  if (Number.isNaN(timeMs)) {
    throw new ProtocolError(
      'invalid_range',
      `${field}: ${quoted(text)} is neither a cursor nor a time`,
      'Use a cursor as it was received, "earliest", "latest", or a time with its offset from UTC such as 2026-08-01T12:00:00Z.',
    )
  }
  return { type: 'time', timeMs }
}
