import { ProtocolError } from '@freshet/protocol'

const SSE_TYPES = ['text/event-stream', 'text/*', '*/*']
const NDJSON_TYPES = ['application/x-ndjson', 'application/*', '*/*']

/** The framing that an Accept header asks for: SSE where nothing is said or anything will do. Throws `not_acceptable`. */
export function framingOf(accept: string | undefined): 'sse' | 'ndjson' {
  const ranges = (accept?.trim() || '*/*').split(',').map(rangeOf)
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

interface Range {
  readonly type: string
  readonly weight: number
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
  return { type, weight: Number.isFinite(weight) ? weight : 0 }
}

/** Of the first type in the list that is named: the most specific one counts. */
function weightOf(ranges: readonly Range[], types: readonly string[]): number {
  for (const type of types) {
    const range = ranges.find((candidate) => candidate.type === type)
    if (range !== undefined) return range.weight
  }
  return 0
}
