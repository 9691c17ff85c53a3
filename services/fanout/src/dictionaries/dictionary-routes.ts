import { ProtocolError } from '@freshet/protocol'
import type { FastifyInstance } from 'fastify'
import { answerError } from '../routes/error-answer.ts'
import { ANSWER_HEADERS, CORS_HEADERS } from '../routes/stream-headers.ts'
import type { DictionaryShelf, ShelvedDictionary } from './dictionary-shelf.ts'

export const DICTIONARIES_PATH = '/v1/dictionaries'

/** RFC 9842, section 2.1: which requests it may be used for. */
const USE_AS_DICTIONARY = 'match="/v1/changes*"'
const CACHE_CONTROL = 'public, max-age=31536000, immutable'

/** `GET /v1/dictionaries`: which there are, the newest first. `GET /v1/dictionaries/<id>`: the bytes of one. */
export function dictionaryRoutes(app: FastifyInstance, shelf: DictionaryShelf): void {
  app.register(async (scope) => {
    scope.setErrorHandler(answerError)
    scope.get(DICTIONARIES_PATH, async (_request, reply) =>
      reply.headers(ANSWER_HEADERS).send({ dictionaries: shelf.list().map(listed) }),
    )
    scope.get<{ Params: { id: string } }>(`${DICTIONARIES_PATH}/:id`, async (request, reply) => {
      const dictionary = shelf.find(request.params.id)
      if (dictionary === undefined) throw noDictionary()
      const etag = `"${dictionary.id}"`
      reply.headers({ ...CORS_HEADERS, 'cache-control': CACHE_CONTROL, etag })
      reply.header('use-as-dictionary', USE_AS_DICTIONARY)
      if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send()
      return reply.type('application/octet-stream').send(Buffer.from(dictionary.bytes))
    })
  })
}

/** Of a stream: where, seen from it, the dictionary is that fits it best. A proxy may put a path in front of both. */
export function dictionaryLink(dictionary: ShelvedDictionary | undefined): { readonly link?: string } {
  if (dictionary === undefined) return {}
  return { link: `<dictionaries/${dictionary.id}>; rel="compression-dictionary"` }
}

function listed(dictionary: ShelvedDictionary) {
  const { id, bytes, createdAt, parts, ratio, ratioWithout } = dictionary
  return { id, url: pathOf(dictionary), bytes: bytes.length, createdAt, parts, ratio, ratioWithout }
}

function pathOf({ id }: ShelvedDictionary): string {
  return `${DICTIONARIES_PATH}/${id}`
}

function noDictionary(): ProtocolError {
  return new ProtocolError(
    'not_found',
    'there is no such dictionary, or not any more',
    `GET ${DICTIONARIES_PATH} lists those there are.`,
  )
}
