import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import kafkajs from 'kafkajs'
import loggers, { type KafkajsLogger } from 'kafkajs/src/loggers/index.js'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
import { compressZstd, decompressZstd } from './zstd.ts'

/*
 * What has to be set right in kafkajs 2.2.4 before it is used. Its connections and its encoding of requests are what the adapter is built
 * on. Its consumer and producer are not used: a consumer needs a group, whose coordination costs a new reader hundreds of
 * milliseconds, it moves a reader whose offset is gone silently, and it cannot pass a batch that compaction has emptied; a
 * producer takes what it sends after a failed send for a repeat of it, and commits the positions of a group without saying of
 * which generation.
 */

kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
  compress: async ({ buffer }: { buffer: Buffer }) => compressZstd(buffer),
  decompress: async (buffer: Buffer) => decompressZstd(buffer),
})

// As it is, every connection that was used once wakes up each millisecond for ever, by timers whose delay is negative, of which
// Node warns. There is something to look after only while requests wait.
const { scheduleCheckPendingRequests } = RequestQueue.prototype
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
  if (this.pending.length > 0) scheduleCheckPendingRequests.call(this)
}

const KEEP_ALIVE_MS = 60_000

export interface SocketArguments {
  readonly host: string
  readonly port: number
  readonly ssl: ConnectionOptions | null
  readonly onConnect: () => void
}

/** As kafkajs' own, but small requests leave at once instead of waiting for the answer to those before. */
export function openSocket({ host, port, ssl, onConnect }: SocketArguments): Socket {
  const name = isIP(host) === 0 ? { servername: host } : {}
  const socket =
    ssl === null
      ? connectTcp({ host, port }, onConnect)
      : connectTls({ host, port, ...name, ...ssl }, onConnect)
  socket.setNoDelay(true)
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  return socket
}

/** Receives kafkajs' own lines. What a caller has to know is in the errors; a pino logger fits. */
export interface KafkaLogger {
  debug(fields: object, message: string): void
}

export function kafkajsLogger(logger: KafkaLogger): KafkajsLogger {
  return loggers.createLogger({
    level: loggers.LEVELS.WARN,
    logCreator:
      () =>
      ({ namespace, log: { message, timestamp: _, ...fields } }) =>
        logger.debug({ ...fields, namespace }, message),
  })
}
