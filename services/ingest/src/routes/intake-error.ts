import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { IntakeOverloadedError, IntakeUnavailableError } from '../intake.ts'
import { logger } from '../logger.ts'
import { TooManyItemsError } from '../posted-items.ts'
import type { BodyBounds } from './body.ts'

const RETRY_AFTER_SECONDS = 5

/** The error handler of the intake's routes: what is wrong, and what to do about it. */
export function answerIntakeError({ bodyBytesMax, itemsMax }: BodyBounds) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const later = () => reply.header('retry-after', String(RETRY_AFTER_SECONDS))
    const answer = (status: number, code: string, message: string, help: string) =>
      reply.code(status).send({ error: { code, message, help } })

    if (error instanceof IntakeUnavailableError) {
      later()
      return answer(
        503,
        'log_unavailable',
        error.message,
        'Nothing of this request was kept: send it again later.',
      )
    }
    if (error instanceof IntakeOverloadedError) {
      later()
      return answer(
        429,
        'overloaded',
        error.message,
        'Nothing of this request was kept: send it again later.',
      )
    }
    if (error instanceof TooManyItemsError) {
      return answer(
        413,
        'too_many_items',
        'The body holds too many items.',
        `Send at most ${itemsMax} at once.`,
      )
    }
    switch (error.code) {
      case 'FST_ERR_CTP_BODY_TOO_LARGE':
        return answer(
          413,
          'body_too_large',
          'The body is too large.',
          `Send at most ${bodyBytesMax} bytes at once.`,
        )
      case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
        return answer(
          415,
          'unsupported_media_type',
          `A body of type ${JSON.stringify(request.headers['content-type'] ?? '')} cannot be read.`,
          'Send application/json (one item or an array) or application/x-ndjson (one item a line).',
        )
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return answer(error.statusCode, 'bad_request', error.message, 'Mend the request and send it again.')
    }
    logger.error({ err: error, url: request.url }, 'a request failed')
    return answer(500, 'internal', 'Freshet failed.', 'The log tells more; send the request again.')
  }
}
