import { z } from 'zod'
import { batchFromQuery, parseBatch, UNBATCHED } from './batch.ts'
import { didYouMean } from './did-you-mean.ts'
import { ProtocolError } from './errors.ts'
import type { Filter } from './filter.ts'
import { parseFilter } from './filter.ts'
import { FILTER_PARAMETERS, filterFromQuery } from './filter-query.ts'
import { mistakeIn, quoted } from './mistake.ts'
import { DEFAULT_PARTS, type Part, parseParts } from './parts.ts'
import { parseStreamPoint, type StreamPoint } from './stream-point.ts'

/** What a partner asks for, whatever the transport. */
export interface SubscriptionRequest {
  readonly filter: Filter
  readonly parts: readonly Part[]
  /** The most changes in one frame; 1: every change has a frame of its own. */
  readonly batch: number
  readonly from: StreamPoint
  /** Where the stream ends by itself; undefined: never. */
  readonly until: StreamPoint | undefined
}

const STREAM_PARAMETERS = ['parts', 'batch', 'from', 'until'] as const
const QUERY_PARAMETERS: readonly string[] = [...FILTER_PARAMETERS, ...STREAM_PARAMETERS]
const BODY_FIELDS: readonly string[] = ['filter', ...STREAM_PARAMETERS]

/** The fields of a request in JSON; the WebSocket messages are made of the same. */
export const requestFields = {
  filter: z.unknown().optional(),
  parts: z
    .preprocess(
      (given) => (typeof given === 'string' ? given.split(',') : given),
      z.array(z.string()).max(100),
    )
    .optional(),
  batch: z.unknown().optional(),
  from: z.string().optional(),
  until: z.string().optional(),
}
const bodySchema = z.strictObject(requestFields)

/** Reads the body of a POST. */
export function requestFromBody(body: unknown, lastEventId: string | undefined): SubscriptionRequest {
  const parsed = bodySchema.safeParse(body, { reportInput: true })
  if (!parsed.success) {
    throw new ProtocolError(
      'invalid_request',
      mistakeIn(parsed.error, 'body', BODY_FIELDS),
      `The body is a JSON object made of ${BODY_FIELDS.join(', ')}; all of them may be left out.`,
    )
  }
  return requestOf(parsed.data, lastEventId)
}

/** Reads the query of a GET. */
export function requestFromQuery(
  query: URLSearchParams,
  lastEventId: string | undefined,
): SubscriptionRequest {
  for (const name of query.keys()) {
    if (QUERY_PARAMETERS.includes(name)) continue
    throw new ProtocolError(
      'invalid_filter',
      `there is no query parameter ${quoted(name)}.${didYouMean(name, QUERY_PARAMETERS)}`,
      `The query parameters are ${QUERY_PARAMETERS.join(', ')}.`,
    )
  }
  const batch = once(query, 'batch')
  return {
    filter: filterFromQuery(query),
    parts: partsOf(query.has('parts') ? query.getAll('parts').flatMap((text) => text.split(',')) : undefined),
    batch: batch === undefined ? UNBATCHED : batchFromQuery(batch),
    ...rangeOf(once(query, 'from'), once(query, 'until'), lastEventId),
  }
}

/**
 * Reads the query of an upgrade to WebSocket, which is that of a GET; undefined for `subscribe=later`, when the partner
 * will send messages instead.
 */
export function requestFromUpgrade(
  query: URLSearchParams,
  lastEventId: string | undefined,
): SubscriptionRequest | undefined {
  if (query.get('subscribe') !== 'later') return requestFromQuery(query, lastEventId)
  if (query.size === 1) return undefined
  throw new ProtocolError(
    'invalid_request',
    'with subscribe=later the URL takes no other parameter',
    'Send them in a "subscribe" message.',
  )
}

/** Makes a request of its fields, with the defaults filled in. */
export function requestOf(
  fields: z.output<typeof bodySchema>,
  lastEventId: string | undefined,
): SubscriptionRequest {
  return {
    filter: fields.filter === undefined ? {} : parseFilter(fields.filter),
    parts: partsOf(fields.parts),
    batch: fields.batch === undefined ? UNBATCHED : parseBatch(fields.batch),
    ...rangeOf(fields.from, fields.until, lastEventId),
  }
}

function partsOf(names: readonly string[] | undefined): readonly Part[] {
  return names === undefined ? DEFAULT_PARTS : parseParts(names)
}

/** Where the client was before wins over where it once asked to start: a browser that reconnects repeats its URL. */
function rangeOf(
  from: string | undefined,
  until: string | undefined,
  lastEventId: string | undefined,
): Pick<SubscriptionRequest, 'from' | 'until'> {
  return {
    from: lastEventId ? { type: 'cursor', cursor: lastEventId } : parseStreamPoint(from ?? 'latest', 'from'),
    until: until === undefined ? undefined : parseStreamPoint(until, 'until'),
  }
}

function once(query: URLSearchParams, name: 'batch' | 'from' | 'until'): string | undefined {
  const [first, ...more] = query.getAll(name)
  if (more.length === 0) return first
  const code = name === 'batch' ? 'invalid_request' : 'invalid_range'
  throw new ProtocolError(code, `${name}: given more than once`, 'Give the parameter once.')
}
