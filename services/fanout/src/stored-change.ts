import type { LogRecord } from '@freshet/change-log'
import {
  ATTRIBUTES_HEADER,
  type Attributes,
  decodeAttributes,
  decodePartLayout,
  PARTS_HEADER,
  type PartSlice,
  partsBytes,
} from '@freshet/events'
import type { TailMemory } from './tail/tail-memory.ts'

/** An article change as it lies in the log: what filters ask about, and where its parts are. Its JSON is never parsed. */
export class StoredChange {
  readonly attributes: Attributes
  readonly value: Uint8Array
  readonly #parts: Uint8Array
  #layout: readonly PartSlice[] | undefined

  /** Throws a RangeError on attributes that Freshet did not write. */
  constructor(header: Uint8Array, parts: Uint8Array, value: Uint8Array) {
    this.attributes = decodeAttributes(header)
    this.value = value
    this.#parts = parts
  }

  /** Decoded only for those who want the change. */
  get layout(): readonly PartSlice[] {
    this.#layout ??= decodePartLayout(this.#parts)
    return this.#layout
  }
}

/** undefined for a record that no release of Freshet could have written. The change holds views of the record's bytes. */
export function readStoredChange(record: LogRecord): StoredChange | undefined {
  return readChange(record, (bytes) => bytes)
}

/** As `readStoredChange`, of bytes of its own in the memory. */
export function copyStoredChange(record: LogRecord, memory: TailMemory): StoredChange | undefined {
  return readChange(record, (bytes) => memory.keep(bytes))
}

function readChange(
  { headers, value }: LogRecord,
  take: (bytes: Uint8Array) => Uint8Array,
): StoredChange | undefined {
  const attributes = headers[ATTRIBUTES_HEADER]
  const parts = headers[PARTS_HEADER]
  if (attributes === undefined || parts === undefined || value === null) return undefined
  if (partsBytes(parts) !== value.length - 1) return undefined
  try {
    return new StoredChange(take(attributes), take(parts), take(value))
  } catch {
    return undefined
  }
}
