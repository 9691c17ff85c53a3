/** An event as a wiki emits it; where it lies in the stream is added when it is fed. */
export interface FedEvent {
  /** Of a stream that several data centres write to there are several, such as `eqiad.mediawiki.recentchange`. */
  readonly topic: string
  readonly partition: number
  /** The broker's time, in milliseconds since 1970. */
  readonly timestamp: number
  /** The event; text is sent as it is, in place of JSON. */
  readonly data: Record<string, unknown> | string
}

export interface LoggedEvent extends FedEvent {
  /** Place in its partition. */
  readonly offset: number
  /** Place in the order in which all partitions were fed. */
  readonly sequence: number
}

/** What KafkaSSE calls an assignment: where to begin, in one partition. */
export interface Assignment {
  readonly topic: string
  readonly partition: number
  readonly offset?: number
  readonly timestamp?: number
}

/** The partitions behind a stream: in order within each, found by offset or by time as Kafka finds them. */
export class EventStreamsLog {
  readonly #events: LoggedEvent[] = []
  readonly #ends = new Map<string, number>()
  readonly #firstOffset: number

  constructor(topics: readonly string[], firstOffset: number) {
    this.#firstOffset = firstOffset
    for (const topic of topics) this.#ends.set(keyOf({ topic, partition: 0 }), firstOffset)
  }

  get events(): readonly LoggedEvent[] {
    return this.#events
  }

  /** Topic and partition of each. */
  get partitions(): readonly Assignment[] {
    return [...this.#ends.keys()].map((key) => {
      const [topic = '', partition] = key.split(' ')
      return { topic, partition: Number(partition) }
    })
  }

  append(event: FedEvent): LoggedEvent {
    const key = keyOf(event)
    const offset = this.#ends.get(key) ?? this.#firstOffset
    this.#ends.set(key, offset + 1)
    const logged = { ...event, offset, sequence: this.#events.length }
    this.#events.push(logged)
    return logged
  }

  /**
   * The offset to begin at. A time is that of the first event that is not earlier, as Kafka's `offsetsForTimes`; when
   * there is none, and for -1, it is the end.
   */
  startOf({ topic, partition, offset, timestamp }: Assignment): number {
    const end = this.#ends.get(keyOf({ topic, partition })) ?? this.#firstOffset
    if (timestamp === undefined) return offset === undefined || offset === -1 ? end : offset
    const isLater = (event: LoggedEvent) =>
      event.topic === topic && event.partition === partition && event.timestamp >= timestamp
    return this.#events.find(isLater)?.offset ?? end
  }
}

export function keyOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic} ${partition}`
}
