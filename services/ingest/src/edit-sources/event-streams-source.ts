import type { Clock } from '../clock.ts'
import { BackOff, type BackOffOptions } from './back-off.ts'
import {
  type EditSource,
  ITEM_BYTES_MAX,
  type SourceFinding,
  type SourceItem,
  type SourcePosition,
  type SourceStatus,
} from './edit-source.ts'
import { ConnectionLostError } from './edit-source-error.ts'
import { type EventFrame, EventFrames } from './event-frames.ts'
import { endOfErrorEvent, refusalOf, type StreamEnd } from './stream-answer.ts'
import { StreamPlace } from './stream-place.ts'
import { findingOfWikimediaEvent } from './wikimedia-finding.ts'

export interface EventStreamsSourceOptions {
  /** The stream in full, such as `https://stream.wikimedia.org/v2/stream/mediawiki.page_change.v1`. */
  readonly url: string
  /** Wikimedia asks for a name and a way to reach you: https://foundation.wikimedia.org/wiki/Policy:User-Agent_policy */
  readonly userAgent: string
  /** The wikis whose edits are wanted; undefined: all. */
  readonly wikis: undefined | ReadonlySet<string>
  /** A connection on which nothing comes for this long counts as dead. */
  readonly livenessTimeoutMs: number
  readonly backOff: BackOffOptions
  readonly clock: Clock
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number
}

/** Edits from an EventStreams server (https://wikitech.wikimedia.org/wiki/Event_Platform/EventStreams). Never ends. */
export class EventStreamsSource implements EditSource {
  readonly name: string
  readonly #options: EventStreamsSourceOptions
  #status: Omit<SourceStatus, 'readBytes'> = { state: 'waiting', detail: 'not opened yet' }
  #readBytes = 0

  constructor(options: EventStreamsSourceOptions) {
    this.name = `event-streams ${new URL(options.url)}`
    this.#options = options
  }

  status(): SourceStatus {
    return { ...this.#status, readBytes: this.#readBytes }
  }

  async *open(position: undefined | SourcePosition, signal: AbortSignal): AsyncGenerator<SourceItem, void> {
    const { url, clock, random } = this.#options
    const place = StreamPlace.parse(position)
    const backOff = new BackOff(this.#options.backOff, random)
    // Until there is an event to go on from, a second connection has to begin where the first one did.
    let since: undefined | number
    this.#readBytes = 0
    try {
      while (!signal.aborted) {
        const openedAtMs = clock.now()
        const end = yield* this.#connect(place, since, backOff, signal)
        since ??= openedAtMs
        if (signal.aborted) return
        const delayMs = delayOf(end, backOff)
        this.#status = { state: 'waiting', detail: `${url} ${end.detail}; trying again in ${delayMs} ms` }
        await clock.sleep(delayMs, signal)
      }
    } finally {
      this.#status = { state: 'ended', detail: `${url} is no longer read` }
    }
  }

  async *#connect(
    place: StreamPlace,
    since: undefined | number,
    backOff: BackOff,
    signal: AbortSignal,
  ): AsyncGenerator<SourceItem, StreamEnd> {
    const { url, clock } = this.#options
    this.#status = { state: 'connecting', detail: `connecting to ${url}` }
    const connection = new AbortController()
    const connectionSignal = AbortSignal.any([signal, connection.signal])
    try {
      const response = await this.#patiently(this.#request(place, since, connectionSignal))
      const refusal = await this.#patiently(refusalOf(response, clock.now()))
      if (refusal !== undefined) return refusal
      this.#status = { state: 'connected', detail: `connected to ${url}` }
      return yield* this.#read(response, place, backOff, signal)
    } catch (error) {
      if (error instanceof ConnectionLostError) return lost(error.message)
      throw error
    } finally {
      connection.abort()
    }
  }

  #request(place: StreamPlace, since: undefined | number, signal: AbortSignal): Promise<Response> {
    const url = new URL(this.#options.url)
    const lastEventId = place.resume()
    if (lastEventId === undefined && since !== undefined && !url.searchParams.has('since')) {
      url.searchParams.set('since', String(since))
    }
    const headers = {
      'user-agent': this.#options.userAgent,
      accept: 'text/event-stream',
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    }
    return fetch(url, { headers, signal })
  }

  async *#read(
    response: Response,
    place: StreamPlace,
    backOff: BackOff,
    signal: AbortSignal,
  ): AsyncGenerator<SourceItem, StreamEnd> {
    const frames = new EventFrames(ITEM_BYTES_MAX)
    const reader = response.body?.getReader()
    while (reader !== undefined) {
      const { done, value } = await this.#patiently(reader.read())
      if (done) break
      this.#readBytes += value.length
      for (const frame of frames.push(value)) {
        if (signal.aborted) return lost('was left')
        if (frame.event === 'error') return endOfErrorEvent(frame.data)
        if (frame.event !== undefined && frame.event !== 'message') continue
        const item = this.#itemOf(frame, place)
        if (item === undefined) continue
        backOff.reset()
        yield item
      }
    }
    return lost('ended the stream')
  }

  /** Undefined for an event that was passed on before the connection broke. */
  #itemOf(frame: EventFrame, place: StreamPlace): undefined | SourceItem {
    const parsed = parseEvent(frame)
    if (parsed.type === 'event' && place.isRepeat(parsed.event)) return undefined
    const event = parsed.type === 'event' ? parsed.event : undefined
    const hasId = place.advance(frame.id, event)
    const finding = hasId ? this.#findingOf(frame, parsed) : withoutId(frame)
    return { ...finding, position: place.position }
  }

  #findingOf(frame: EventFrame, parsed: ParsedEvent): SourceFinding {
    if (parsed.type === 'unreadable') return parsed
    return findingOfWikimediaEvent(parsed.event, this.#options.wikis, () => Buffer.from(frame.data))
  }

  /** Waits for the server, but not for longer than the liveness time-out; the time of the caller does not count. */
  async #patiently<T>(answer: Promise<T>): Promise<T> {
    const { clock, livenessTimeoutMs } = this.#options
    const answered = new AbortController()
    const silence = clock.sleep(livenessTimeoutMs, answered.signal).then(() => undefined)
    try {
      const first = await Promise.race([answer.then((value) => ({ value })), silence])
      if (first !== undefined) return first.value
    } catch (cause) {
      throw new ConnectionLostError(`cannot be read: ${reasonOf(cause)}`, { cause })
    } finally {
      answered.abort()
    }
    throw new ConnectionLostError(`was silent for ${livenessTimeoutMs} ms`)
  }
}

type ParsedEvent =
  | { readonly type: 'event'; readonly event: unknown }
  | { readonly type: 'unreadable'; readonly reason: string; readonly raw: Uint8Array }

function parseEvent({ data, flaw }: EventFrame): ParsedEvent {
  if (flaw !== undefined) return { type: 'unreadable', reason: flaw.reason, raw: flaw.bytes }
  try {
    return { type: 'event', event: JSON.parse(data) }
  } catch (error) {
    return { type: 'unreadable', reason: `no JSON: ${reasonOf(error)}`, raw: Buffer.from(data) }
  }
}

function withoutId({ id, data }: EventFrame): SourceFinding {
  const reason = `the event's id says no place to go on from: ${id?.slice(0, 200)}`
  return { type: 'unreadable', reason, raw: Buffer.from(data) }
}

function delayOf(end: StreamEnd, backOff: BackOff): number {
  const delayMs = end.isRefused ? backOff.longDelayMs() : backOff.nextDelayMs()
  // On top of what the server asks for, so that everybody who was turned away does not come back at once.
  return (end.retryAfterMs ?? 0) + delayMs
}

function lost(detail: string): StreamEnd {
  return { detail, isRefused: false, retryAfterMs: undefined }
}

/** `fetch` says "fetch failed" and keeps the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
