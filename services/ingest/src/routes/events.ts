import { type Edit, editFromWikimediaEvent, MappingError } from '@freshet/events'
import type { FastifyInstance } from 'fastify'
import type { DeadLetter } from '../dead-letter.ts'
import type { SkipReason } from '../edit-sources/edit-source.ts'
import type { Intake } from '../intake.ts'
import { logger } from '../logger.ts'
import { onSkipped } from '../metrics.ts'
import type { PostedItem } from '../posted-items.ts'
import type { PostedBody } from './body.ts'

const SOURCE = 'POST /v1/events'

/**
 * `POST /v1/events`: Wikimedia events, one or an array, answered as EventGate answers, so that MediaWiki's EventBus can
 * post here (https://wikitech.wikimedia.org/wiki/Event_Platform/EventGate): 201 when all are durable, 202 with
 * `?hasty=true` before they are, 207 and 400 with `{"invalid": […], "error": […]}`.
 */
export function eventsRoute(scope: FastifyInstance, intake: Intake): void {
  scope.post<{ Body: PostedBody; Querystring: { hasty?: string } }>('/v1/events', async (request, reply) => {
    const read = (request.body ?? []).map(readEvent)
    const edits = read.flatMap((event): Edit[] => (event.type === 'edit' ? [event.edit] : []))
    const invalid = read.filter((event) => event.type === 'invalid')
    for (const event of read) if (event.type === 'skipped') onSkipped(event.reason)
    const deadLetters = invalid.map(
      ({ reason, item }): DeadLetter => ({ source: SOURCE, position: '', reason, raw: item.raw }),
    )
    const accepted = intake.accept(SOURCE, edits, deadLetters)
    if (request.query.hasty === 'true') {
      accepted.catch((error) => logger.error({ err: error }, 'hasty events were not kept'))
      return reply.code(202).send()
    }
    await accepted
    if (read.length > 0 && invalid.length === 0) return reply.code(201).send()
    const isPartial = invalid.length < read.length
    return reply
      .code(isPartial ? 207 : 400)
      .send({ invalid: invalid.map(eventStatus), ...(isPartial && { error: [] }) })
  })
}

type ReadEvent =
  | { readonly type: 'edit'; readonly edit: Edit }
  | { readonly type: 'skipped'; readonly reason: SkipReason }
  | { readonly type: 'invalid'; readonly reason: string; readonly item: PostedItem }

function readEvent(item: PostedItem): ReadEvent {
  if (item.type === 'unreadable') return { type: 'invalid', reason: item.reason, item }
  try {
    return editFromWikimediaEvent(item.value)
  } catch (error) {
    if (!(error instanceof MappingError)) throw error
    return { type: 'invalid', reason: error.message, item }
  }
}

/** EventGate's form of an event that it did not take. */
function eventStatus({ reason, item }: Extract<ReadEvent, { type: 'invalid' }>) {
  const event = item.type === 'value' ? item.value : Buffer.from(item.raw).toString()
  return { status: 'invalid', event, context: { message: reason } }
}
