import { ProtocolError } from '@freshet/protocol'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FanoutSettings } from '../config.ts'
import type { Connections } from '../connection/connections.ts'
import { acceptedRanges } from '../routes/accepted-ranges.ts'
import { answerError } from '../routes/error-answer.ts'
import { ANSWER_HEADERS } from '../routes/stream-headers.ts'
import { entityTagOf, isTagged, preconditionsIn } from './preconditions.ts'
import type { StoredWatchList } from './stored-watch-list.ts'
import { type NamedRoute, nameOf, uploadHeadOf, type WatchListRequest } from './upload-head.ts'
import { bodyTooLarge } from './uploaded-body.ts'
import type { WatchListStore } from './watch-list-store.ts'

export const WATCH_LISTS_PATH = '/v1/watch-lists'

export interface WatchListRoutesOptions {
  readonly store: WatchListStore
  readonly connections: Connections
  readonly settings: Pick<FanoutSettings, 'watchListRequestBytesMax'>
}

/** Lists that are on their way in at a time; each is held in memory. */
const UPLOADS_MAX = 8

/**
 * `GET /v1/watch-lists`: which there are. `PUT`, `GET` and `DELETE /v1/watch-lists/<name>`: one of them. Pages of other
 * origins may read, and not write: whoever opens such a page has not asked for it.
 */
export function watchListRoutes(app: FastifyInstance, options: WatchListRoutesOptions): void {
  const { store, connections, settings } = options
  let uploads = 0
  const admitUpload = async (request: WatchListRequest, reply: FastifyReply) => {
    connections.assertOpen()
    // Before the body is read, which may be long.
    uploadHeadOf(request)
    if (uploads >= UPLOADS_MAX) {
      throw new ProtocolError(
        'overloaded',
        `${UPLOADS_MAX} lists are on their way already`,
        'Try again later.',
      )
    }
    uploads++
    reply.raw.once('close', () => uploads--)
  }
  app.register(async (scope) => {
    takeBytes(scope, settings.watchListRequestBytesMax)
    scope.setErrorHandler((error: FastifyError, request, reply) => {
      const isTooLarge = error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
      answerError(isTooLarge ? bodyTooLarge(settings.watchListRequestBytesMax) : error, request, reply)
    })
    scope.get(WATCH_LISTS_PATH, async (_request, reply) => {
      const lists = await store.all()
      return reply.headers(ANSWER_HEADERS).send({ watchLists: lists.map(described) })
    })
    scope.route<NamedRoute>({
      method: ['GET', 'HEAD'],
      url: `${WATCH_LISTS_PATH}/:name`,
      exposeHeadRoute: false,
      handler: async (request, reply) => answerList(await store.find(nameOf(request)), request, reply),
    })
    scope.put<NamedRoute>(`${WATCH_LISTS_PATH}/:name`, { onRequest: admitUpload }, async (request, reply) => {
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array()
      const upload = { ...uploadHeadOf(request), body, bytesMax: settings.watchListRequestBytesMax }
      const { list, isNew } = await store.put(nameOf(request), upload, preconditionsIn(request.headers))
      return reply
        .code(isNew ? 201 : 200)
        .headers(headersOf(list))
        .send(described(list))
    })
    scope.delete<NamedRoute>(`${WATCH_LISTS_PATH}/:name`, async (request, reply) => {
      await store.delete(nameOf(request), preconditionsIn(request.headers))
      return reply.code(204).headers(ANSWER_HEADERS).send()
    })
    for (const [url, allow] of [
      [WATCH_LISTS_PATH, 'GET'],
      [`${WATCH_LISTS_PATH}/:name`, 'GET, HEAD, PUT, DELETE'],
    ] as const) {
      const others = ['POST', 'PATCH', ...(allow === 'GET' ? ['PUT', 'DELETE'] : [])]
      const refuse = async ({ method }: FastifyRequest, reply: FastifyReply): Promise<never> => {
        reply.header('allow', allow)
        throw new ProtocolError('method_not_allowed', `${method} is not possible here`, `Use ${allow}.`)
      }
      scope.route({ method: others, url, onRequest: refuse, handler: refuse })
    }
  })
}

/** Bodies as they are; what is in them is read in a thread. */
function takeBytes(scope: FastifyInstance, bodyLimit: number): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit },
    async (_request: FastifyRequest, body: Buffer) => body,
  )
}

function described({ name, of, entries, version, bytes, updatedMs }: StoredWatchList) {
  return { name, of, entries, version, bytes, updated: new Date(updatedMs).toISOString() }
}

function headersOf(list: StoredWatchList) {
  return { ...ANSWER_HEADERS, 'cache-control': 'no-cache', etag: entityTagOf(list), vary: 'Accept' }
}

/** As JSON what it is; as text, for those who prefer that, its entries. */
function answerList(list: StoredWatchList, { headers }: WatchListRequest, reply: FastifyReply): FastifyReply {
  const { ifNoneMatch } = preconditionsIn(headers)
  reply.headers(headersOf(list))
  if (ifNoneMatch !== undefined && isTagged(ifNoneMatch, list)) return reply.code(304).send()
  if (!prefersText(headers.accept)) return reply.send(described(list))
  return reply
    .type('text/plain; charset=utf-8')
    .send(Buffer.from(list.text.buffer, list.text.byteOffset, list.text.length))
}

function prefersText(accept: string | undefined): boolean {
  const ranges = acceptedRanges(accept ?? '*/*')
  const weightOf = (...types: readonly string[]) =>
    types
      .map((type) => ranges.find((range) => range.type === type)?.weight)
      .find((weight) => weight !== undefined) ?? 0
  return weightOf('text/plain', 'text/*') > weightOf('application/json', 'application/*')
}
