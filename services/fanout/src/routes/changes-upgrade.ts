import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { DEFAULT_SUBSCRIPTION, ProtocolError, requestFromUpgrade } from '@freshet/protocol'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Connections } from '../connection/connections.ts'
import { WebSocketSession } from '../connection/websocket-session.ts'
import type { FanoutContext } from '../context.ts'
import { protocolErrorOf } from '../protocol-error-of.ts'
import { WebSocketTransport } from '../transport/websocket-transport.ts'
import { CHANGES_PATH } from './changes.ts'
import { type ErrorAnswer, errorAnswer } from './error-answer.ts'

/** `GET /v1/changes` with an upgrade to WebSocket. It is the only upgrade that the server takes. */
export class ChangesUpgrade {
  readonly #context: FanoutContext
  readonly #connections: Connections
  readonly #webSockets: WebSocketServer

  constructor(context: FanoutContext, connections: Connections) {
    this.#context = context
    this.#connections = connections
    const { requestBytesMax, closeTimeoutMs } = context.settings
    // A constant of its own, since the types of `ws` do not know `closeTimeout` yet.
    const options = {
      noServer: true,
      clientTracking: false,
      // `ws` only agrees on it. A context of zlib for each connection is what makes a node of ten thousand partners run
      // out of memory, so changes are compressed once for all and written below it.
      perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true },
      maxPayload: requestBytesMax,
      closeTimeout: closeTimeoutMs,
    }
    this.#webSockets = new WebSocketServer(options)
  }

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head))
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Until the handshake is over nobody else listens, and an unheard error ends the process.
    const ignore = () => socket.destroy()
    socket.on('error', ignore)
    try {
      const [path, query] = request.url?.split('?', 2) ?? []
      if (path !== CHANGES_PATH) {
        throw new ProtocolError('not_found', 'there is no WebSocket here', `Connect to ${CHANGES_PATH}.`)
      }
      declineSmallWindows(request)
      await this.#connections.withRoom(async () => {
        this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
          socket.off('error', ignore)
          this.#open(webSocket, request.socket, new URLSearchParams(query), request.headers['last-event-id'])
        })
      })
    } catch (error) {
      refuse(socket, errorAnswer(protocolErrorOf(error)))
    }
  }

  #open(
    webSocket: WebSocket,
    socket: Socket,
    query: URLSearchParams,
    lastEventId: string | readonly string[] | undefined,
  ): void {
    const isLater = query.get('subscribe') === 'later'
    const transport = new WebSocketTransport(webSocket, socket)
    const connection = this.#connections.add(transport, isLater ? undefined : DEFAULT_SUBSCRIPTION)
    const session = new WebSocketSession(this.#context, connection, webSocket)
    session.openDefault(() => requestFromUpgrade(query, [lastEventId].flat().at(-1)))
  }
}

/** What all are sent was compressed with the largest window; an offer that asks for a smaller one is passed over. */
function declineSmallWindows({ headers }: IncomingMessage): void {
  const offers = headers['sec-websocket-extensions']?.split(',') ?? []
  const kept = offers.filter((offer) => !/;\s*server_max_window_bits/i.test(offer))
  if (kept.length > 0) headers['sec-websocket-extensions'] = kept.join(',').trim()
  else delete headers['sec-websocket-extensions']
}

/** Answers without a handshake: what the server has no room for is to cost it nothing. */
function refuse(socket: Duplex, { status, headers, body }: ErrorAnswer): void {
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}
