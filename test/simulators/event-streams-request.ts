import type { Assignment } from './event-streams-log.ts'

/** The answer to a request that cannot be served, in EventStreams' and KafkaSSE's own words. */
export interface Refusal {
  readonly status: number
  readonly body: string
}

export interface StreamRequest {
  readonly path: string
  readonly query: URLSearchParams
  readonly lastEventId: undefined | string
}

export interface OfferedStream {
  readonly name: string
  readonly topics: readonly string[]
}

/** Where to begin, as KafkaSSE works it out: `Last-Event-ID` wins over `since`, and without both it is the end. */
export function assignmentsOf(
  { path, query, lastEventId }: StreamRequest,
  stream: OfferedStream,
  partitions: readonly Assignment[],
): readonly Assignment[] | Refusal {
  const asked = decodeURIComponent(path.replace('/v2/stream/', ''))
  if (asked !== stream.name)
    return problem('not_found', 'Stream Not Found', `Invalid streams: ${asked}`, path)
  if (lastEventId !== undefined) return assignmentsFrom(lastEventId, stream)
  const since = query.get('since')
  if (since === null) return partitions
  const timestamp = /^\d+$/.test(since) ? Number(since) : Date.parse(since)
  if (Number.isNaN(timestamp)) {
    return problem('invalid_timestamp', 'Invalid timestamp', `since=${since} is not a valid timestamp`, path)
  }
  return partitions.map((partition) => ({ ...partition, timestamp }))
}

function assignmentsFrom(lastEventId: string, { topics }: OfferedStream): readonly Assignment[] | Refusal {
  const assignments = parseAssignments(lastEventId)
  if (assignments === undefined) {
    return kafkaSseError(400, 'InvalidAssignmentError', `Failed parsing Last-Event-ID: ${lastEventId}`, {})
  }
  const foreign = assignments.find(({ topic }) => !topics.includes(topic))
  if (foreign === undefined) return assignments
  const message = `Topic '${foreign.topic}' is not available for consumption`
  return kafkaSseError(404, 'TopicNotAvailableError', message, { availableTopics: topics })
}

function parseAssignments(text: string): undefined | readonly Assignment[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every(isAssignment) ? value : undefined
  } catch {
    return undefined
  }
}

function isAssignment(value: unknown): value is Assignment {
  if (typeof value !== 'object' || value === null) return false
  const { topic, partition, offset, timestamp } = value as Record<string, unknown>
  const hasPlace = Number.isInteger(offset) || Number.isInteger(timestamp)
  return typeof topic === 'string' && Number.isInteger(partition) && hasPlace
}

function problem(type: string, title: string, detail: string, uri: string): Refusal {
  return { status: 400, body: JSON.stringify({ status: 400, type, title, detail, method: 'GET', uri }) }
}

function kafkaSseError(statusCode: number, name: string, message: string, more: object): Refusal {
  return {
    status: statusCode,
    body: `${JSON.stringify({ message, origin: 'KafkaSSE', name, statusCode, ...more })}\n`,
  }
}
