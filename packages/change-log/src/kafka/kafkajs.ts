import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import kafkajs from 'kafkajs'
import loggers, { type KafkajsLogger } from 'kafkajs/src/loggers/index.js'
import Connection from 'kafkajs/src/network/connection.js'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
import { AnswerReader } from './answer-reader.ts'
import { compressZstd, decompressZstd, zstdContentBytes } from './zstd.ts'

/*
 * What has to be set right in kafkajs 2.2.4 before it is used. Its connections and its encoding of requests are what the adapter is built
 * on. Its consumer and producer are not used: a consumer needs a group, whose coordination costs a new reader hundreds of
 * milliseconds, it moves a reader whose offset is gone silently, and it cannot pass a batch that compaction has emptied; a
 * producer takes what it sends after a failed send for a repeat of it, and commits the positions of a group without saying of
 * which generation.
 */

kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
  compress: async ({ buffer }: { buffer: Buffer }) => compressZstd(buffer),
  decompress: async (buffer: Buffer) => decompressZstd(buffer, zstdContentBytes(buffer)),
})

// As it is, every connection that was used once wakes up each millisecond for ever, by timers whose delay is negative, of which
// Node warns. There is something to look after only while requests wait.
const { scheduleCheckPendingRequests } = RequestQueue.prototype
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
  if (this.pending.length > 0) scheduleCheckPendingRequests.call(this)
}

const KEEP_ALIVE_MS = 60_000
/** Read from a socket at a time, into memory that it keeps. */
const READ_BYTES = 64 * 1024

export interface SocketArguments {
  readonly host: string
  readonly port: number
  readonly ssl: ConnectionOptions | null
  readonly onConnect: () => void
}

/**
 * As kafkajs' own, but small requests leave at once instead of waiting for the answer to those before, and what is emitted as data
 * is one answer at a time, without its length.
 */
export function openSocket({ host, port, ssl, onConnect }: SocketArguments): Socket {
  const name = isIP(host) === 0 ? { servername: host } : {}
  const answers = new AnswerReader((answer) => socket.emit('data', answer))
  const onread = {
    buffer: Buffer.allocUnsafeSlow(READ_BYTES),
    callback: (count: number, buffer: Uint8Array) => {
      try {
        answers.read(buffer.subarray(0, count))
      } catch (error) {
        socket.destroy(error instanceof Error ? error : undefined)
      }
      return true
    },
  }
  const options = { host, port, onread }
  const socket =
    ssl === null ? connectTcp(options, onConnect) : connectTls({ ...options, ...name, ...ssl }, onConnect)
  socket.setNoDelay(true)
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  return socket
}

const CORRELATION_ID_BYTES = 4

/**
 * Over a socket of `openSocket`. As it is, a connection copies what it gets twice, into memory that answers share, and takes the
 * rest of an answer that was cut off when it broke for the beginning of what it gets once it is open again.
 */
export class AnswerConnection extends Connection {
  override processData(answer: Buffer): void {
    const correlationId = answer.readInt32BE()
    const payload = answer.subarray(CORRELATION_ID_BYTES)
    this.requestQueue.fulfillRequest({ size: answer.length, correlationId, payload })
  }
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
