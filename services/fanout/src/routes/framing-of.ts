import { ProtocolError } from '@freshet/protocol'
import { type AcceptedRange, acceptedRanges } from './accepted-ranges.ts'

const SSE_TYPES = ['text/event-stream', 'text/*', '*/*']
const NDJSON_TYPES = ['application/x-ndjson', 'application/*', '*/*']

/** The framing that an Accept header asks for: SSE where nothing is said or anything will do. Throws `not_acceptable`. */
export function framingOf(accept: string | undefined): 'sse' | 'ndjson' {
  const ranges = acceptedRanges(accept?.trim() || '*/*')
  const sse = weightOf(ranges, SSE_TYPES)
  const ndjson = weightOf(ranges, NDJSON_TYPES)
  if (sse === 0 && ndjson === 0) {
    throw new ProtocolError(
      'not_acceptable',
      'the Accept header names no format that there is',
      'Accept text/event-stream (SSE, the default) or application/x-ndjson, or upgrade to WebSocket.',
    )
  }
  return ndjson > sse ? 'ndjson' : 'sse'
}

/** Of the first type in the list that is named: the most specific one counts. */
function weightOf(ranges: readonly AcceptedRange[], types: readonly string[]): number {
  for (const type of types) {
    const range = ranges.find((candidate) => candidate.type === type)
    if (range !== undefined) return range.weight
  }
  return 0
}
