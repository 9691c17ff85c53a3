import type { Edit } from '@freshet/events'
import type { FastifyInstance } from 'fastify'
import type { DeadLetter } from '../dead-letter.ts'
import type { Intake } from '../intake.ts'
import { describeMistakes, type PostedEdit, postedEditOf } from '../posted-edit.ts'
import type { PostedBody } from './body.ts'

const SOURCE = 'POST /v1/edits'

/**
 * `POST /v1/edits`: one edit, an array, or NDJSON. 201 once all are durable; 207 with one entry per item when some are
 * invalid; 400, in the same form, when none is valid.
 */
export function editsRoute(scope: FastifyInstance, intake: Intake): void {
  scope.post<{ Body: PostedBody }>('/v1/edits', async (request, reply) => {
    const items = request.body ?? []
    const posted = items.map(postedEditOf)
    const edits = posted.flatMap((item): Edit[] => (item.type === 'valid' ? [item.edit] : []))
    const deadLetters = posted.flatMap((item, index): DeadLetter[] => {
      if (item.type === 'valid') return []
      const raw = items[index]?.raw ?? new Uint8Array()
      return [{ source: SOURCE, position: '', reason: describeMistakes(item.mistakes), raw }]
    })
    await intake.accept(SOURCE, edits, deadLetters)
    if (edits.length > 0 && deadLetters.length === 0) {
      return reply.code(201).send({ accepted: edits.length, ids: edits.map(({ id }) => id) })
    }
    const status = edits.length > 0 ? 207 : 400
    return reply
      .code(status)
      .send({ ...explanation(status), accepted: edits.length, items: posted.map(answerOf) })
  })
}

function explanation(status: number) {
  if (status === 207) return {}
  const message = 'No item of the body is a valid edit.'
  const help = 'Each item says what is wrong with it; GET /v1/schemas/edit is the schema.'
  return { error: { code: 'invalid_edits', message, help } }
}

function answerOf(item: PostedEdit, index: number) {
  return item.type === 'valid'
    ? { index, status: 201, id: item.edit.id }
    : { index, status: 400, mistakes: item.mistakes }
}
