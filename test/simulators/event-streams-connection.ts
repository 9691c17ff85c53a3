import type { EventStreamsFault } from './event-streams-fault.ts'
import { type Assignment, type EventStreamsLog, keyOf, type LoggedEvent } from './event-streams-log.ts'

/** What one client is sent: frames from where it asked for, until it leaves or the fault strikes. */
export class EventStreamsConnection {
  /** The fault destroys the socket instead of ending the answer. */
  readonly isCut: boolean
  readonly #log: EventStreamsLog
  readonly #fault: undefined | EventStreamsFault
  /** The id so far: for each partition what is next to read. */
  readonly #places: Map<string, Assignment>
  readonly #starts: ReadonlyMap<string, number>
  #sequence = 0
  #wake = () => {}

  constructor(
    log: EventStreamsLog,
    assignments: readonly Assignment[],
    fault: undefined | EventStreamsFault,
  ) {
    this.#log = log
    this.#fault = fault
    this.isCut = fault?.type === 'cut'
    this.#starts = new Map(assignments.map((assignment) => [keyOf(assignment), log.startOf(assignment)]))
    this.#places = new Map(assignments.map((assignment) => [keyOf(assignment), this.#firstPlace(assignment)]))
  }

  /** There is something new to send, or the client has left. */
  wake(): void {
    this.#wake()
  }

  async *writes(closed: AbortSignal): AsyncGenerator<Buffer> {
    if (this.#fault?.type === 'end-at-once') return
    yield Buffer.from(':ok\n\n')
    for (let events = 0; ; events += 1) {
      const isStruck = this.#strikesAfter(events)
      if (isStruck && !this.isCut) break
      const event = await this.#next(closed)
      if (event === undefined) return
      const frame = this.#frameOf(event)
      if (this.#fault?.type === 'cut' && isStruck) return yield frame.subarray(0, this.#fault.frameBytes)
      yield* this.#pieces(frame)
    }
    if (this.#fault?.type === 'error-event') yield this.#errorFrame()
    if (this.#fault?.type === 'stall') await this.#left(closed)
  }

  #firstPlace({ topic, partition }: Assignment): Assignment {
    const offset = this.#starts.get(keyOf({ topic, partition })) ?? -1
    const isAtEnd = !this.#log.events.some((it) => it.topic === topic && it.partition === partition)
    return { topic, partition, offset: isAtEnd ? -1 : offset }
  }

  /** The next event that this client is due; undefined when it has left. */
  async #next(closed: AbortSignal): Promise<undefined | LoggedEvent> {
    while (!closed.aborted) {
      const event = this.#log.events[this.#sequence]
      if (event === undefined) {
        await this.#news()
        continue
      }
      this.#sequence += 1
      const start = this.#starts.get(keyOf(event))
      if (start !== undefined && event.offset >= start) return event
    }
    return undefined
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  async #left(closed: AbortSignal): Promise<void> {
    while (!closed.aborted) await this.#news()
  }

  #strikesAfter(events: number): boolean {
    return this.#fault !== undefined && 'afterEvents' in this.#fault && events >= this.#fault.afterEvents
  }

  *#pieces(frame: Buffer): Generator<Buffer> {
    const bytesPerWrite = this.#fault?.type === 'trickle' ? this.#fault.bytesPerWrite : frame.length
    for (let at = 0; at < frame.length; at += bytesPerWrite) yield frame.subarray(at, at + bytesPerWrite)
  }

  #frameOf(event: LoggedEvent): Buffer {
    const { topic, partition } = event
    this.#places.set(keyOf(event), { topic, partition, timestamp: event.timestamp + 1 })
    const data = typeof event.data === 'string' ? event.data : JSON.stringify(withPlace(event, event.data))
    return Buffer.from(`event: message\nid: ${this.#id()}\ndata: ${data}\n\n`)
  }

  #errorFrame(): Buffer {
    const error = { message: 'Local: Broker transport failure', origin: 'KafkaSSE', name: 'KafkaError' }
    return Buffer.from(`event: error\nid: ${this.#id()}\ndata: ${JSON.stringify(error)}\n\n`)
  }

  #id(): string {
    return JSON.stringify([...this.#places.values()])
  }
}

/** EventStreams tells each event's place in `meta`, and the record's key as Node prints a buffer. */
function withPlace({ topic, partition, offset }: LoggedEvent, data: Record<string, unknown>) {
  const meta = typeof data.meta === 'object' ? data.meta : {}
  const key = Buffer.from(JSON.stringify({ wiki_id: data.wiki_id ?? data.wiki ?? data.database })).toJSON()
  return { ...data, meta: { ...meta, topic, partition, offset, key } }
}
