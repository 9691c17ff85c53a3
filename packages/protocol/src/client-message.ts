import { z } from 'zod'
import { parseBatch } from './batch.ts'
import { ProtocolError } from './errors.ts'
import { type Filter, parseFilter } from './filter.ts'
import { mistakeIn } from './mistake.ts'
import { type Part, parseParts } from './parts.ts'
import { requestFields, requestOf, type SubscriptionRequest } from './subscription-request.ts'

/** The subscription that the query of a WebSocket's URL opens. */
export const DEFAULT_SUBSCRIPTION = 'default'

/** What a partner may send over a WebSocket. */
export type ClientMessage =
  | { readonly type: 'subscribe'; readonly id: string; readonly request: SubscriptionRequest }
  | {
      readonly type: 'update'
      readonly id: string
      /** undefined: as it was. */
      readonly filter: Filter | undefined
      readonly parts: readonly Part[] | undefined
      readonly batch: number | undefined
    }
  | { readonly type: 'unsubscribe'; readonly id: string }

const id = z
  .string()
  .regex(
    /^[A-Za-z0-9_.:-]{1,64}$/,
    'is no subscription id; one has 1 to 64 letters, digits, or any of _ . : -',
  )

const { filter, parts, batch } = requestFields
const messageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('subscribe'), id, ...requestFields }),
  z.strictObject({ type: z.literal('update'), id, filter, parts, batch }),
  z.strictObject({ type: z.literal('unsubscribe'), id }),
])

const TYPES = ['subscribe', 'update', 'unsubscribe'] as const
const FIELDS: readonly string[] = ['type', 'id', ...Object.keys(requestFields)]

/** Reads one message, its JSON parsed already. Throws a `ProtocolError`. */
export function parseClientMessage(json: unknown): ClientMessage {
  const parsed = messageSchema.safeParse(json, { reportInput: true })
  if (!parsed.success) {
    throw new ProtocolError(
      'invalid_request',
      mistakeIn(parsed.error, 'message', FIELDS),
      `A message is a JSON object with "type": one of ${TYPES.join(', ')}, and "id": the name you give the subscription.`,
    )
  }
  const message = parsed.data
  switch (message.type) {
    case 'subscribe':
      return { type: 'subscribe', id: message.id, request: requestOf(message, undefined) }
    case 'update':
      return {
        type: 'update',
        id: message.id,
        filter: message.filter === undefined ? undefined : parseFilter(message.filter),
        parts: message.parts === undefined ? undefined : parseParts(message.parts),
        batch: message.batch === undefined ? undefined : parseBatch(message.batch),
      }
    case 'unsubscribe':
      return { type: 'unsubscribe', id: message.id }
  }
}

/** The subscription that a message means, also when the rest of it cannot be read; so that an error can name it. */
export function subscriptionIdIn(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || !('id' in json)) return undefined
  return id.safeParse(json.id).data
}
