import { ProtocolError } from './errors.ts'
import { quoted } from './mistake.ts'

/** The most changes that a partner may ask for in one frame. */
export const BATCH_CHANGES_MAX = 1_000

/** Every change has a frame of its own. */
export const UNBATCHED = 1

/** How many changes a frame may hold, as a number of JSON or the text of a query says it. Throws a `ProtocolError`. */
export function parseBatch(given: unknown): number {
  if (isInteger(given) && given >= UNBATCHED && given <= BATCH_CHANGES_MAX) return given
  throw new ProtocolError(
    'invalid_request',
    `batch: ${quoted(given)} is not an integer from ${UNBATCHED} to ${BATCH_CHANGES_MAX}`,
    'It is the most changes that one frame may hold; left out, every change has a frame of its own.',
  )
}

/** As `parseBatch`, of the text in a query. */
export function batchFromQuery(text: string): number {
  return parseBatch(/^\d{1,9}$/.test(text) ? Number(text) : text)
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value)
}
