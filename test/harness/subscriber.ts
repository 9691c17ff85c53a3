import { setTimeout as sleep } from 'node:timers/promises'
import type { Core } from '@freshet/events'

/** An event as a partner reads it: `core` at the top, and the parts that were asked for. */
export type ReceivedChange = Core & { readonly [part: string]: unknown }

export interface ReceivedFrame {
  readonly type: string
  readonly cursor: string
  readonly change: ReceivedChange
}

/** Reads a stream of NDJSON frames until it ends or the signal aborts. */
export async function* framesOf(url: string, signal: AbortSignal): AsyncGenerator<ReceivedFrame> {
  const response = await fetch(url, { headers: { accept: 'application/x-ndjson' }, signal })
  if (!response.ok || response.body === null) throw new RefusedError(response.status, await response.text())
  let rest = ''
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line) as ReceivedFrame
  }
}

const RECONNECT_DELAY_MS = 20

/**
 * A partner that stores what it gets together with the cursor, and comes back with it whenever the connection breaks.
 * Delivers changes until the signal aborts. Rejects with `GapError`, and with `RefusedError` when coming back is of no use.
 */
export async function* resumingChanges(
  urlOf: () => string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<ReceivedFrame> {
  let cursor = query.from ?? 'earliest'
  while (!signal.aborted) {
    try {
      const parameters = new URLSearchParams({ ...query, from: cursor })
      for await (const frame of framesOf(`${urlOf()}/v1/changes?${parameters}`, signal)) {
        if (frame.type === 'gap') throw new GapError(JSON.stringify(frame))
        if (frame.type === 'change') yield frame
        cursor = frame.cursor ?? cursor
      }
    } catch (error) {
      if (error instanceof GapError || (error instanceof RefusedError && error.status < 500)) throw error
    }
    await sleep(RECONNECT_DELAY_MS)
  }
}

/** The server does not open the stream. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly status: number
  /** The body of the answer. */
  readonly reason: string

  constructor(status: number, reason: string) {
    super(`${status}: ${reason}`)
    this.status = status
    this.reason = reason
  }
}

/** The stream told of changes that it cannot deliver. */
export class GapError extends Error {
  override readonly name = 'GapError'
}
