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

/** An article change as it lies in the log: what filters ask about, and where its parts are. Its JSON is never parsed. */
export class StoredChange {
  readonly attributes: Attributes
  readonly value: Uint8Array
  readonly #parts: Uint8Array
  #layout: readonly PartSlice[] | undefined

  constructor(attributes: Attributes, parts: Uint8Array, value: Uint8Array) {
    this.attributes = attributes
    this.value = value
    this.#parts = parts
  }

  /** Decoded only for those who want the change. */
  get layout(): readonly PartSlice[] {
    this.#layout ??= decodePartLayout(this.#parts)
    return this.#layout
  }
}

/** undefined for a record that no release of Freshet could have written. */
export function readStoredChange({ headers, value }: LogRecord): StoredChange | undefined {
  const attributes = headers[ATTRIBUTES_HEADER]
  const parts = headers[PARTS_HEADER]
  if (attributes === undefined || parts === undefined || value === null) return undefined
  if (partsBytes(parts) !== value.length - 1) return undefined
  try {
    return new StoredChange(decodeAttributes(attributes), parts, value)
  } catch {
    return undefined
  }
}
