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
export function readStoredChange({ headers, value }: LogRecord): StoredChange | undefined {
  return changeOf(headers[ATTRIBUTES_HEADER], headers[PARTS_HEADER], value)
}

/** As `readStoredChange`, of bytes of its own in the memory. */
export function copyStoredChange(
  { headers, value }: LogRecord,
  memory: TailMemory,
): StoredChange | undefined {
  const attributes = headers[ATTRIBUTES_HEADER]
  const parts = headers[PARTS_HEADER]
  return changeOf(
    attributes && memory.keep(attributes),
    parts && memory.keep(parts),
    value && memory.keep(value),
  )
}

function changeOf(
  attributes: Uint8Array | undefined,
  parts: Uint8Array | undefined,
  value: Uint8Array | null,
): StoredChange | undefined {
  if (attributes === undefined || parts === undefined || value === null) return undefined
  if (partsBytes(parts) !== value.length - 1) return undefined
  try {
    return new StoredChange(attributes, parts, value)
  } catch {
    return undefined
  }
}
