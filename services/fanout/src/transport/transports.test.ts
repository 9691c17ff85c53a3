import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { textFrame } from '../representation/text-frame.ts'
import { HttpStreamTransport } from './http-stream-transport.ts'
import { InMemoryTransport } from './in-memory-transport.ts'
import { type TransportUnderTest, transportContract } from './transport.contract.ts'
import { WebSocketTransport } from './websocket-transport.ts'

const CLOSE_TIMEOUT_MS = 200

for (const framing of ['sse', 'ndjson'] as const) {
  transportContract(framing, () => openHttp(framing), Buffer.from)
}
transportContract('websocket', openWebSocket, (text) => textFrame([Buffer.from(text)]))
transportContract('in memory', openInMemory, Buffer.from)

async function openHttp(framing: 'sse' | 'ndjson'): Promise<TransportUnderTest> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const requested = once(server, 'request')
  const request = get({ port: (server.address() as AddressInfo).port, agent: false })
  request.on('error', () => undefined)
  const [, response] = (await requested) as [IncomingMessage, ServerResponse]
  response.flushHeaders()
  const [incoming] = (await once(request, 'response')) as [IncomingMessage]
  const received = receivedBy((take) => incoming.on('data', take))
  incoming.on('error', () => undefined)
  return {
    transport: new HttpStreamTransport({
      framing,
      encoding: 'identity',
      response,
      closeTimeoutMs: CLOSE_TIMEOUT_MS,
    }),
    ...received,
    pause: () => incoming.pause(),
    resume: () => incoming.resume(),
    vanish: () => incoming.destroy(),
    ended: new Promise((resolve) => incoming.once('close', resolve)),
    [Symbol.asyncDispose]: async () => {
      request.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}

async function openWebSocket(): Promise<TransportUnderTest> {
  const server = createServer().listen(0)
  const options = { noServer: true, closeTimeout: CLOSE_TIMEOUT_MS }
  const webSockets = new WebSocketServer(options)
  const opened = Promise.withResolvers<WebSocketTransport>()
  server.on('upgrade', (request, socket, head) => {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => undefined)
      opened.resolve(new WebSocketTransport(webSocket, request.socket))
    })
  })
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const received = receivedBy((take) => client.on('message', take))
  client.on('error', () => undefined)
  const transport = await opened.promise
  if (client.readyState !== WebSocket.OPEN) await once(client, 'open')
  return {
    transport,
    ...received,
    pause: () => client.pause(),
    resume: () => client.resume(),
    vanish: () => client.terminate(),
    ended: new Promise((resolve) => client.once('close', () => resolve())),
    [Symbol.asyncDispose]: async () => {
      client.terminate()
      server.close()
    },
  }
}

async function openInMemory(): Promise<TransportUnderTest> {
  const transport = new InMemoryTransport('ndjson')
  let isPaused = false
  let text = ''
  const read = () => {
    if (!isPaused) text += transport.take()
  }
  const reading = setInterval(read)
  return {
    transport,
    received: () => text,
    receivedBytes: async (count) => {
      while (text.length < count) await new Promise((resolve) => setImmediate(resolve))
    },
    pause: () => {
      isPaused = true
    },
    resume: () => {
      isPaused = false
    },
    vanish: () => transport.close('internal_error'),
    ended: transport.closed.then(read),
    [Symbol.asyncDispose]: async () => clearInterval(reading),
  }
}

function receivedBy(
  listen: (take: (data: Buffer) => void) => void,
): Pick<TransportUnderTest, 'received' | 'receivedBytes'> {
  const pieces: Buffer[] = []
  let bytes = 0
  let look = () => {}
  listen((data) => {
    pieces.push(data)
    bytes += data.length
    look()
  })
  return {
    received: () => Buffer.concat(pieces).toString(),
    receivedBytes: (count) =>
      new Promise((resolve) => {
        look = () => {
          if (bytes >= count) resolve()
        }
        look()
      }),
  }
}
