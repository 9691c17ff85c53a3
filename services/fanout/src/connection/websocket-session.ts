import {
  type ClientMessage,
  type Cursor,
  DEFAULT_SUBSCRIPTION,
  isCloseCode,
  ProtocolError,
  parseClientMessage,
  parseJson,
  type SubscriptionRequest,
  subscriptionIdIn,
} from '@freshet/protocol'
import type { RawData, WebSocket } from 'ws'
import type { FanoutContext } from '../context.ts'
import { onSocketError } from '../metrics.ts'
import { protocolErrorOf } from '../protocol-error-of.ts'
import { controlBytes } from '../representation/representation.ts'
import { admit, admitFilter } from '../subscription/admission.ts'
import type { Connection } from './connection.ts'

/** Mistakes in a partner's messages are answered; past so many on one socket it is closed. */
const ERRORS_MAX = 100

/**
 * What a partner says over a WebSocket, one message after the other: the next is only read once the answer to the one
 * before is on its way. What `ws` has read already when it is paused, at most one chunk, waits in the chain.
 */
export class WebSocketSession {
  readonly #context: FanoutContext
  readonly #connection: Connection
  readonly #webSocket: WebSocket
  #turn: Promise<void> = Promise.resolve()
  #errors = 0

  constructor(context: FanoutContext, connection: Connection, webSocket: WebSocket) {
    this.#context = context
    this.#connection = connection
    this.#webSocket = webSocket
    // `ws` closes the socket itself then, with the code that WebSocket has for what was wrong.
    webSocket.on('error', onSocketError)
    webSocket.on('message', (data, isBinary) => this.#inTurn(() => this.#take(data, isBinary)))
  }

  /** Opens the subscription of the URL. When it cannot be served the socket is closed with the reason, as browsers see no HTTP status. */
  openDefault(requestOf: () => SubscriptionRequest | undefined): void {
    this.#inTurn(async () => {
      try {
        const request = requestOf()
        if (request !== undefined) await this.#subscribe(DEFAULT_SUBSCRIPTION, request)
      } catch (cause) {
        const { code, message } = this.#tellError(cause, DEFAULT_SUBSCRIPTION)
        this.#connection.close(isCloseCode(code) ? code : 'invalid_request', message)
      }
    })
  }

  #inTurn(work: () => Promise<void>): void {
    this.#webSocket.pause()
    const turn = this.#turn.then(async () => {
      await this.#connection.transport.drained()
      if (this.#webSocket.readyState === this.#webSocket.OPEN) await work()
      if (this.#turn === turn) this.#webSocket.resume()
    })
    this.#turn = turn
  }

  async #take(data: RawData, isBinary: boolean): Promise<void> {
    let subscription: string | undefined
    try {
      if (isBinary) throw binaryMessage()
      const json = parseJson(data.toString(), 'the message')
      subscription = subscriptionIdIn(json)
      await this.#carryOut(parseClientMessage(json))
    } catch (cause) {
      const { code, message } = this.#tellError(cause, subscription)
      if (code === 'binary_message' || code === 'internal_error') this.#connection.close(code, message)
      else if (++this.#errors > ERRORS_MAX) {
        this.#connection.close('too_many_errors', `more than ${ERRORS_MAX} messages could not be carried out`)
      }
    }
  }

  async #carryOut(message: ClientMessage): Promise<void> {
    switch (message.type) {
      case 'subscribe':
        return this.#subscribe(message.id, message.request)
      case 'update':
        return this.#update(message)
      case 'unsubscribe':
        return this.#acknowledge('unsubscribed', message.id, this.#connection.unsubscribe(message.id))
    }
  }

  async #subscribe(id: string, request: SubscriptionRequest): Promise<void> {
    const { subscriptionsPerSocketMax } = this.#context.settings
    if (this.#connection.has(id)) {
      throw new ProtocolError(
        'duplicate_subscription',
        `the subscription "${id}" is open already`,
        'Change it with "update", end it with "unsubscribe", or choose another id.',
      )
    }
    if (this.#connection.size >= subscriptionsPerSocketMax) {
      throw new ProtocolError(
        'too_many_subscriptions',
        `this socket holds its ${subscriptionsPerSocketMax} subscriptions already`,
        'Join filters with "any", or open another socket.',
      )
    }
    const admission = await admit(this.#context, request)
    this.#connection.open(id, admission, (cursor) => this.#acknowledge('subscribed', id, cursor))
  }

  async #update({ id, filter, parts, batch }: Extract<ClientMessage, { type: 'update' }>): Promise<void> {
    const shared = filter && (await admitFilter(this.#context, filter))
    if (!this.#connection.has(id)) {
      shared?.release()
      throw unknownSubscription(id)
    }
    this.#acknowledge('updated', id, this.#connection.update(id, shared, parts, batch))
    // A watch-list may have been replaced since the filter was admitted.
    this.#connection.renewFilters()
  }

  #acknowledge(
    type: 'subscribed' | 'updated' | 'unsubscribed',
    id: string,
    cursor: Cursor | undefined,
  ): void {
    if (cursor === undefined) throw unknownSubscription(id)
    this.#connection.transport.write([controlBytes('websocket', { type, cursor }, id)])
  }

  #tellError(cause: unknown, subscription: string | undefined): ProtocolError {
    const error = protocolErrorOf(cause)
    const frame = { type: 'error', ...error.body } as const
    this.#connection.transport.write([controlBytes('websocket', frame, subscription)])
    return error
  }
}

function unknownSubscription(id: string): ProtocolError {
  return new ProtocolError(
    'unknown_subscription',
    `there is no subscription "${id}" on this socket`,
    'Open it with "subscribe". One that is complete is no longer there.',
  )
}

function binaryMessage(): ProtocolError {
  return new ProtocolError('binary_message', 'the message is binary', 'Send text messages that hold JSON.')
}
