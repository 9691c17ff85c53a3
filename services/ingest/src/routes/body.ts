import type { FastifyInstance } from 'fastify'
import { itemsOfJson, itemsOfNdjson, type PostedItem } from '../posted-items.ts'

export interface BodyBounds {
  readonly bodyBytesMax: number
  readonly itemsMax: number
}

/** Posts are read as bytes first, so that what cannot be read is kept as it came. */
export function acceptItems(scope: FastifyInstance, { bodyBytesMax, itemsMax }: BodyBounds): void {
  scope.removeAllContentTypeParsers()
  const parsers = { 'application/json': itemsOfJson, 'application/x-ndjson': itemsOfNdjson }
  for (const [contentType, itemsOf] of Object.entries(parsers)) {
    scope.addContentTypeParser(
      contentType,
      { parseAs: 'buffer', bodyLimit: bodyBytesMax },
      (_request, body, done) => {
        try {
          done(null, itemsOf(body as Buffer, itemsMax))
        } catch (error) {
          done(error as Error)
        }
      },
    )
  }
}

export type PostedBody = readonly PostedItem[] | undefined
