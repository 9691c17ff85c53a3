import type { LogRecord, RecordHeaders } from '../change-log.ts'
import { RecordCursor } from './record-cursor.ts'

/** What the records of a batch have in common. */
export interface RecordSource {
  readonly topic: string
  readonly partition: number
  /** The records of the batch, unpacked. */
  readonly bytes: Buffer
}

/** A record of a batch, decoded as far as it is asked. Headers and value are views into the batch, not copies. */
export class KafkaRecord implements LogRecord {
  readonly offset: bigint
  readonly timestampMs: number
  /** Its key, headers and value, roughly. */
  readonly storedBytes: number
  readonly #source: RecordSource
  readonly #keyAt: number
  #key: string | undefined
  #headers: RecordHeaders | undefined

  constructor(source: RecordSource, offset: bigint, timestampMs: number, keyAt: number, end: number) {
    this.#source = source
    this.offset = offset
    this.timestampMs = timestampMs
    this.#keyAt = keyAt
    this.storedBytes = end - keyAt
  }

  get topic(): string {
    return this.#source.topic
  }

  get partition(): number {
    return this.#source.partition
  }

  get key(): string {
    this.#key ??= new RecordCursor(this.#source.bytes, this.#keyAt).text()
    return this.#key
  }

  get value(): Uint8Array | null {
    return this.#behindKey().bytes()
  }

  get headers(): RecordHeaders {
    if (this.#headers !== undefined) return this.#headers
    const cursor = this.#behindKey()
    cursor.skipBytes()
    this.#headers = cursor.headers()
    return this.#headers
  }

  #behindKey(): RecordCursor {
    const cursor = new RecordCursor(this.#source.bytes, this.#keyAt)
    cursor.skipBytes()
    return cursor
  }
}
