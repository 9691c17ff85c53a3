import type { OutgoingHttpHeaders } from 'node:http'
import { ProtocolError } from '@freshet/protocol'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { protocolErrorOf } from '../protocol-error-of.ts'
import { ANSWER_HEADERS } from './stream-headers.ts'

/** What a client is asked to wait before it tries again; fixed, since nobody knows when there will be room. */
const RETRY_AFTER_SECONDS = 5

export interface ErrorAnswer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: string
}

export function errorAnswer(error: ProtocolError): ErrorAnswer {
  const body = JSON.stringify({ error: error.body })
  const headers: OutgoingHttpHeaders = {
    ...ANSWER_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  }
  if (error.httpStatus === 503) headers['retry-after'] = String(RETRY_AFTER_SECONDS)
  return { status: error.httpStatus, headers, body }
}

/** Fastify's handler for what our routes, or Fastify's reading of the body, threw. */
export function answerError(
  error: FastifyError | ProtocolError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { status, headers, body } = errorAnswer(protocolErrorOf(fromFastify(error)))
  void reply.code(status).headers(headers).send(body)
}

function fromFastify(error: FastifyError | ProtocolError): unknown {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ProtocolError('request_too_large', 'the body is too large', 'Send a smaller filter.')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ProtocolError(
        'unsupported_media_type',
        'the body is not said to be JSON',
        'Send the header "Content-Type: application/json".',
      )
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new ProtocolError(
        'invalid_request',
        'the body is not as long as the request says',
        'Send it again.',
      )
    default:
      return error
  }
}
