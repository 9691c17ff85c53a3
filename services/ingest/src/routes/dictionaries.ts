import { DICTIONARY_BYTES, dictionaryInputSchema } from '@freshet/dictionary'
import type { FastifyInstance } from 'fastify'
import type { DictionaryPublisher } from '../dictionary-publisher.ts'
import { answerIntakeError } from './intake-error.ts'

/** Base64 is a third longer, and there are other fields. */
const BODY_BYTES_MAX = 2 * DICTIONARY_BYTES.max

/** `POST /v1/dictionaries`: a dictionary for partners' streams, as `train-dictionary` makes it. 201 once it is durable. */
export function dictionariesRoute(app: FastifyInstance, publisher: DictionaryPublisher): void {
  app.register(async (scope) => {
    scope.setErrorHandler(answerIntakeError({ bodyBytesMax: BODY_BYTES_MAX, itemsMax: 1 }))
    scope.post('/v1/dictionaries', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
      const input = dictionaryInputSchema.safeParse(request.body)
      if (!input.success) {
        const message = input.error.issues
          .map(({ path, message }) => `${path.join('.')}: ${message}`)
          .join('; ')
        const help = 'Post what `npm run train-dictionary` makes.'
        return reply.code(400).send({ error: { code: 'invalid_dictionary', message, help } })
      }
      const { id, createdAt } = await publisher.publish(input.data)
      return reply.code(201).send({ id, url: `/v1/dictionaries/${id}`, createdAt })
    })
  })
}
