import type { Cursor, Part } from '@freshet/protocol'
import { endpointUrl } from '../endpoint-url.ts'
import { BackOff, type BackOffOptions } from './back-off.ts'
import type { ChangeFilter } from './change-filter.ts'
import { type StreamTiming, systemTiming } from './clock.ts'
import { framesOfConnection } from './connection.ts'
import { ClosedError, RefusedError, StreamError } from './errors.ts'
import { cursorAfter, type StreamFrame, singleFrames } from './stream-frame.ts'

export interface ChangesOptions {
  /** Where Freshet is, such as `https://freshet.example`. A path in it stays in front of `/v1/changes`. */
  readonly url: string | URL
  /** Left out: every change. */
  readonly filter?: ChangeFilter | undefined
  /** Left out: `core` and `diff`. */
  readonly parts?: readonly Part[] | undefined
  /**
   * The most changes that come over the network together, up to 1,000: less to send, and better compressed, where many come. They are
   * given out one by one all the same. Left out: each for itself.
   */
  readonly batch?: number | undefined
  /**
   * A cursor, `earliest`, `latest`, or a time such as `2026-08-01T12:00:00Z`. Left out: `latest`. What comes by a cursor
   * counts from it on; `latest` is where the server is when the first frame comes.
   */
  readonly from?: string | undefined
  /** Where the stream ends; the same forms. Left out: it does not end. */
  readonly until?: string | undefined
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal | undefined
  /** Sent along, such as for a proxy that wants a key. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Told before every wait for another attempt. */
  readonly onReconnect?: ((reconnect: Reconnect) => void) | undefined
  /** Left out: from a second to a minute. */
  readonly backOff?: BackOffOptions | undefined
  /** How long a connection may be silent. Left out: three times the server's usual heartbeat. */
  readonly livenessTimeoutMs?: number | undefined
  /** Of the longest frame. Left out: 64 MiB. */
  readonly frameBytesMax?: number | undefined
  /** Left out: the global one. */
  readonly fetch?:
    | ((request: Request, init: { readonly signal: AbortSignal }) => Promise<Response>)
    | undefined
}

export interface Reconnect {
  readonly cause: StreamError
  /** 1 for the first attempt since something was delivered. */
  readonly attempt: number
  readonly delayMs: number
  /** Where the stream goes on; undefined: where it was to start. */
  readonly cursor: string | undefined
}

const BACK_OFF: BackOffOptions = { initialMs: 1_000, maxMs: 60_000 }
const LIVENESS_TIMEOUT_MS = 45_000
const FRAME_BYTES_MAX = 64 * 1024 * 1024

/**
 * The stream of changes, over as many connections as it takes: every matching change from `from` on exactly once, in the
 * order of the server, and control frames between them. When a connection breaks, falls silent, or is closed by a server
 * that says to come back, it goes on from the last frame that it gave out.
 *
 * It reads from the network as frames are asked for, and holds no queue: a reader that takes its time slows down its own
 * stream and loses nothing. It ends when `until` is reached or the signal aborts.
 *
 * @throws RefusedError when the server does not serve the request, now or later, with its code and help
 * @throws ClosedError when the server ends the stream and says not to come back
 * @throws FrameTooLongError
 */
export async function* changes(
  options: ChangesOptions,
  timing: StreamTiming = systemTiming,
): AsyncGenerator<StreamFrame, void, undefined> {
  const { clock, random } = timing
  const signal = options.signal ?? new AbortController().signal
  const backOffOptions = options.backOff ?? BACK_OFF
  const backOff = new BackOff(backOffOptions, random)
  let cursor: Cursor | undefined
  while (!signal.aborted) {
    const connectedAtMs = clock.now()
    try {
      for await (const frame of framesOfConnection(connectionOptions(options, cursor, signal, timing))) {
        if (frame.type === 'closing') {
          cursor = frame.cursor
          if (frame.code === 'complete') return
          throw new ClosedError(frame)
        }
        for (const single of singleFrames(frame, cursor)) {
          if (signal.aborted) return
          cursor = cursorAfter(single) ?? cursor
          if (single.type === 'change') backOff.reset()
          yield single
        }
      }
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof StreamError && error.isRetryable)) throw error
      // Quiet streams deliver nothing for long, and are none the worse for it.
      if (clock.now() - connectedAtMs > backOffOptions.maxMs) backOff.reset()
      const delayMs = delayMsAfter(error, backOff)
      options.onReconnect?.({ cause: error, attempt: backOff.attempts, delayMs, cursor })
      await clock.sleep(delayMs, signal)
    }
  }
}

/** At least as long as the server asks for. */
function delayMsAfter(error: StreamError, backOff: BackOff): number {
  const delayMs = backOff.nextDelayMs()
  const askedMs = error instanceof RefusedError ? error.retryAfterMs : undefined
  return Math.max(delayMs, askedMs ?? 0)
}

function connectionOptions(
  options: ChangesOptions,
  cursor: string | undefined,
  signal: AbortSignal,
  { clock }: StreamTiming,
) {
  return {
    request: requestOf(options, cursor),
    fetch: options.fetch ?? ((request, init) => fetch(request, init)),
    signal,
    livenessTimeoutMs: options.livenessTimeoutMs ?? LIVENESS_TIMEOUT_MS,
    frameBytesMax: options.frameBytesMax ?? FRAME_BYTES_MAX,
    clock,
  } satisfies Parameters<typeof framesOfConnection>[0]
}

/** A POST, since a filter may be longer than a URL can be. */
function requestOf(
  { url, headers, filter, parts, batch, from, until }: ChangesOptions,
  cursor: string | undefined,
): Request {
  return new Request(endpointUrl(url, '/v1/changes'), {
    method: 'POST',
    headers: { ...headers, accept: 'application/x-ndjson', 'content-type': 'application/json' },
    body: JSON.stringify({ filter, parts, batch, from: cursor ?? from, until }),
  })
}
