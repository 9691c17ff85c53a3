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
export interface StoredChange {
  readonly attributes: Attributes
  readonly value: Uint8Array
  /** Decoded only for those who want the change. */
  readonly layout: readonly PartSlice[]
}

/** undefined for a record that no release of Freshet could have written. The change holds views of the record's bytes. */
export function readStoredChange({ headers, value }: LogRecord): ReadChange | undefined {
  const attributes = headers[ATTRIBUTES_HEADER]
  const parts = headers[PARTS_HEADER]
  if (attributes === undefined || parts === undefined || value === null) return undefined
  if (partsBytes(parts) !== value.length - 1) return undefined
  try {
    return new ReadChange(attributes, parts, value)
  } catch {
    return undefined
  }
}

/** Views of a record's bytes. */
export class ReadChange implements StoredChange {
  readonly attributes: Attributes
  readonly value: Uint8Array
  /** The record's headers. */
  readonly attributesHeader: Uint8Array
  readonly partsHeader: Uint8Array
  #layout: readonly PartSlice[] | undefined

  /** Throws a RangeError on attributes that Freshet did not write. */
  constructor(attributesHeader: Uint8Array, partsHeader: Uint8Array, value: Uint8Array) {
    this.attributes = decodeAttributes(attributesHeader)
    this.value = value
    this.attributesHeader = attributesHeader
    this.partsHeader = partsHeader
  }

  get layout(): readonly PartSlice[] {
    this.#layout ??= decodePartLayout(this.partsHeader)
    return this.#layout
  }
}
