import type { OutgoingHttpHeaders } from 'node:http'
import type { ContentEncoding } from '../representation/content-encoding.ts'

/** Any page may read the stream: it carries nothing that depends on who asks. */
export const CORS_HEADERS: OutgoingHttpHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After',
}

export const PREFLIGHT_HEADERS: OutgoingHttpHeaders = {
  ...CORS_HEADERS,
  'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
  'access-control-allow-headers': 'Accept, Content-Type, Last-Event-ID',
  'access-control-max-age': '86400',
}

/** Of every answer: neither a cache nor a proxy may keep any of it back. */
export const ANSWER_HEADERS: OutgoingHttpHeaders = {
  ...CORS_HEADERS,
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}

const CONTENT_TYPES = {
  sse: 'text/event-stream; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
}

export function streamHeaders(
  framing: 'sse' | 'ndjson',
  encoding: 'identity' | ContentEncoding,
): OutgoingHttpHeaders {
  const headers = {
    ...ANSWER_HEADERS,
    'content-type': CONTENT_TYPES[framing],
    vary: 'Accept, Accept-Encoding, Available-Dictionary',
  }
  return encoding === 'identity' ? headers : { ...headers, 'content-encoding': encoding.name }
}
