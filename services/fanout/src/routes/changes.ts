import type { OutgoingHttpHeaders } from 'node:http'
import {
  DEFAULT_SUBSCRIPTION,
  type Part,
  ProtocolError,
  parseJson,
  requestFromBody,
  requestFromQuery,
  type SubscriptionRequest,
  sseHead,
} from '@freshet/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Connections } from '../connection/connections.ts'
import type { FanoutContext } from '../context.ts'
import { availableDictionary } from '../dictionaries/available-dictionary.ts'
import { dictionaryLink } from '../dictionaries/dictionary-routes.ts'
import type { ContentEncoding } from '../representation/content-encoding.ts'
import { admit, admitFilter } from '../subscription/admission.ts'
import { HttpStreamTransport } from '../transport/http-stream-transport.ts'
import { contentEncodingOf } from './content-encoding-of.ts'
import { answerError } from './error-answer.ts'
import { framingOf } from './framing-of.ts'
import { PREFLIGHT_HEADERS, streamHeaders } from './stream-headers.ts'

export const CHANGES_PATH = '/v1/changes'

/** `GET` and `POST /v1/changes`: the stream over HTTP, as SSE or NDJSON. */
export function changesRoute(app: FastifyInstance, context: FanoutContext, connections: Connections): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: context.settings.requestBytesMax },
      async (_request: FastifyRequest, text: string) => parseJson(text, 'the body'),
    )
    scope.setErrorHandler(answerError)
    scope.get(CHANGES_PATH, { exposeHeadRoute: false }, async (request, reply) => {
      const read = () => requestFromQuery(queryOf(request), lastEventIdOf(request))
      await connections.withRoom(() => stream(context, connections, request, reply, read))
    })
    // Before the body is read: what there is no room for is to cost nothing.
    const onRequest = async () => connections.assertRoom()
    scope.post(CHANGES_PATH, { onRequest }, async (request, reply) => {
      const read = () => requestFromBody(bodyOf(request), lastEventIdOf(request))
      await connections.withRoom(() => stream(context, connections, request, reply, read))
    })
    scope.head(CHANGES_PATH, async (request, reply) => {
      const framing = framingOf(request.headers.accept)
      const { filter, parts } = requestFromQuery(queryOf(request), lastEventIdOf(request))
      ;(await admitFilter(context, filter)).release()
      return reply.headers(headersOf(context, framing, encodingOf(context, request), parts)).send()
    })
    scope.options(CHANGES_PATH, async (_request, reply) => reply.code(204).headers(PREFLIGHT_HEADERS).send())
    scope.route({
      method: ['PUT', 'PATCH', 'DELETE'],
      url: CHANGES_PATH,
      onRequest: refuseMethod,
      handler: refuseMethod,
    })
  })
}

/** Before the body is looked at, which would be refused for reasons of its own. */
async function refuseMethod({ method }: FastifyRequest, reply: FastifyReply): Promise<never> {
  reply.header('allow', 'GET, HEAD, POST, OPTIONS')
  throw new ProtocolError('method_not_allowed', `${method} is not possible here`, 'Use GET or POST.')
}

async function stream(
  context: FanoutContext,
  connections: Connections,
  request: FastifyRequest,
  reply: FastifyReply,
  read: () => SubscriptionRequest,
): Promise<void> {
  const framing = framingOf(request.headers.accept)
  const encoding = encodingOf(context, request)
  const admission = await admit(context, read())
  try {
    connections.assertOpen()
  } catch (error) {
    admission.filter.release()
    throw error
  }
  reply.hijack()
  reply.raw.writeHead(200, headersOf(context, framing, encoding, admission.parts))
  reply.raw.flushHeaders()
  const { sseRetryMs, closeTimeoutMs } = context.settings
  const transport = new HttpStreamTransport({ framing, encoding, response: reply.raw, closeTimeoutMs })
  const connection = connections.add(transport, DEFAULT_SUBSCRIPTION)
  if (framing === 'sse') transport.writeText(sseHead(sseRetryMs))
  connection.open(DEFAULT_SUBSCRIPTION, admission, () => undefined)
}

function encodingOf({ dictionaries }: FanoutContext, { headers }: FastifyRequest) {
  const available = availableDictionary(headers, dictionaries)
  return contentEncodingOf(headers['accept-encoding'], available?.encoding)
}

function headersOf(
  { dictionaries }: FanoutContext,
  framing: 'sse' | 'ndjson',
  encoding: 'identity' | ContentEncoding,
  parts: readonly Part[],
): OutgoingHttpHeaders {
  return { ...streamHeaders(framing, encoding), ...dictionaryLink(dictionaries.bestFor(parts)) }
}

function queryOf(request: FastifyRequest): URLSearchParams {
  const start = request.raw.url?.indexOf('?') ?? -1
  return new URLSearchParams(start < 0 ? '' : request.raw.url?.slice(start))
}

function bodyOf(request: FastifyRequest): unknown {
  if (queryOf(request).size > 0) {
    throw new ProtocolError(
      'invalid_request',
      'a POST takes no query parameters',
      'Put filter, parts, from and until into the body.',
    )
  }
  return request.body === undefined ? {} : request.body
}

function lastEventIdOf(request: FastifyRequest): string | undefined {
  const header = request.headers['last-event-id']
  return Array.isArray(header) ? header.at(-1) : header
}
