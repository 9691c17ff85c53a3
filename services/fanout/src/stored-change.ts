import type { LogRecord } from '@freshet/change-log'
import {
  ATTRIBUTES_HEADER,
  type Attributes,
  decodeAttributes,
  decodePartLayout,
  PARTS_HEADER,
  type PartSlice,
} from '@freshet/events'

/** An article change as it lies in the log: what filters ask about, and where its parts are. Its JSON is never parsed. */
export interface StoredChange {
  readonly attributes: Attributes
  readonly layout: readonly PartSlice[]
  readonly value: Uint8Array
}

/** undefined for a record that no release of Freshet could have written. */
export function readStoredChange({ headers, value }: LogRecord): StoredChange | undefined {
  const attributes = headers[ATTRIBUTES_HEADER]
  const parts = headers[PARTS_HEADER]
  if (attributes === undefined || parts === undefined || value === null) return undefined
  try {
    const layout = decodePartLayout(parts)
    const end = layout.at(-1)?.end ?? 0
    if (layout[0]?.name !== 'core' || end !== value.length - 1) return undefined
    return { attributes: decodeAttributes(attributes), layout, value }
  } catch {
    return undefined
  }
}
