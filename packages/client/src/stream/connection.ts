import type { Clock } from './clock.ts'
import { ConnectionError, SilentConnectionError } from './errors.ts'
import { LineSplitter } from './line-splitter.ts'
import { refusalOf } from './refusal.ts'
import { parseFrame, type ReceivedFrame } from './stream-frame.ts'

export interface ConnectionOptions {
  /** What is asked for; its signal is not used. */
  readonly request: Request
  readonly fetch: (request: Request, init: { readonly signal: AbortSignal }) => Promise<Response>
  readonly signal: AbortSignal
  readonly livenessTimeoutMs: number
  /** Of one frame. */
  readonly frameBytesMax: number
  readonly clock: Clock
}

/**
 * The frames of one connection, which ends with the iteration. Bytes are taken from the network as frames are asked for,
 * so a slow reader holds one read of the socket and the frame it has begun.
 *
 * @throws StreamError at the latest when the connection ends, if no `closing` frame was the end of the iteration before
 */
export async function* framesOfConnection(options: ConnectionOptions): AsyncGenerator<ReceivedFrame, never> {
  const { fetch, request, clock } = options
  const connection = new AbortController()
  const signal = AbortSignal.any([options.signal, connection.signal])
  const watched = <T>(work: Promise<T>) => withinTime(work, options.livenessTimeoutMs, clock)
  try {
    const response = await watched(fetch(request, { signal }))
    if (!isStream(response)) throw await watched(refusalOf(response, clock.now()))
    const reader = response.body.getReader()
    const lines = new LineSplitter(options.frameBytesMax)
    for (;;) {
      const { done, value } = await watched(reader.read())
      if (done) throw new ConnectionError('the connection ended without a closing frame')
      for (const line of lines.push(value)) {
        const frame = parseFrame(line)
        if (frame !== undefined) yield frame
      }
    }
  } finally {
    connection.abort()
  }
}

const CONTENT_TYPE = 'application/x-ndjson'

function isStream(response: Response): response is Response & { readonly body: ReadableStream<Uint8Array> } {
  return (
    response.ok && response.body !== null && !!response.headers.get('content-type')?.startsWith(CONTENT_TYPE)
  )
}

/** The time runs only while something is waited for: a reader that takes its time is not a dead connection. */
async function withinTime<T>(work: Promise<T>, timeoutMs: number, clock: Clock): Promise<T> {
  const over = new AbortController()
  const silence = clock.sleep(timeoutMs, over.signal).then((): never => {
    throw new SilentConnectionError(timeoutMs)
  })
  try {
    return await Promise.race([work.catch(asConnectionError), silence])
  } finally {
    // Awaited by nobody once the work is done.
    silence.catch(() => undefined)
    over.abort()
  }
}

function asConnectionError(cause: unknown): never {
  throw new ConnectionError(`the connection broke: ${cause instanceof Error ? cause.message : cause}`, {
    cause,
  })
}
