import type { LogRecord, NewRecord } from '@freshet/change-log'
import { DEAD_LETTERS_TOPIC } from '@freshet/events'

/** An input that could not be read, kept for a person. */
export interface DeadLetter {
  /** Where it came from: a source's name, or `POST /v1/edits`, `POST /v1/events`. */
  readonly source: string
  /** The source's own position of it; empty for posts. */
  readonly position: string
  /** What was wrong, in words. */
  readonly reason: string
  readonly raw: Uint8Array
}

/** More than the largest edit; of a larger input the beginning is kept, and the record says so. */
export const RAW_BYTES_MAX = 12 * 1024 * 1024
const REASON_LENGTH_MAX = 2_000

export function deadLetterRecord({ source, position, reason, raw }: DeadLetter): NewRecord {
  const headers = {
    source: Buffer.from(source),
    position: Buffer.from(position.slice(0, REASON_LENGTH_MAX)),
    reason: Buffer.from(reason.slice(0, REASON_LENGTH_MAX)),
    bytes: Buffer.from(String(raw.length)),
  }
  return { topic: DEAD_LETTERS_TOPIC, key: source, headers, value: raw.subarray(0, RAW_BYTES_MAX) }
}

export interface KeptDeadLetter extends DeadLetter {
  readonly offset: bigint
  readonly keptAt: string
  /** How many bytes the input had; more than `raw` has when it was cut. */
  readonly bytes: number
}

export function deadLetterOf(record: LogRecord): KeptDeadLetter {
  const header = (name: string) => Buffer.from(record.headers[name] ?? new Uint8Array()).toString()
  return {
    offset: record.offset,
    keptAt: new Date(record.timestampMs).toISOString(),
    source: header('source'),
    position: header('position'),
    reason: header('reason'),
    bytes: Number(header('bytes')),
    raw: record.value ?? new Uint8Array(),
  }
}
