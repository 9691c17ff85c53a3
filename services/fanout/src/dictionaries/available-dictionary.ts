import type { IncomingHttpHeaders } from 'node:http'
import type { DictionaryShelf, ShelvedDictionary } from './dictionary-shelf.ts'

/** A byte sequence of 32 bytes as a structured field (RFC 9651, section 3.3.5). */
const SHA256_FIELD = /^\s*:([A-Za-z0-9+/]{43}=?):\s*$/
/** Where a browser must not tell a page what it reads, the length of a body would (RFC 9842, section 9.3.2). */
const READABLE_MODES = ['cors', 'same-origin', 'navigate']

/** The dictionary that a request says the client has; undefined when it has none, or one that is not served any more. */
export function availableDictionary(
  headers: IncomingHttpHeaders,
  shelf: DictionaryShelf,
): ShelvedDictionary | undefined {
  const mode = headers['sec-fetch-mode']
  if (mode !== undefined && !READABLE_MODES.includes(String(mode))) return undefined
  const [, base64] = SHA256_FIELD.exec(String(headers['available-dictionary'] ?? '')) ?? []
  return base64 === undefined ? undefined : shelf.find(Buffer.from(base64, 'base64').toString('hex'))
}
