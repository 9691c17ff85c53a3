import { type Attributes, encodeAttributes } from './attributes.ts'
import type { EncodedParts } from './part-layout.ts'
import { ATTRIBUTES_HEADER, CHANGES_TOPIC, ID_HEADER, PARTS_HEADER } from './topics.ts'

export interface EncodedChange {
  readonly id: string
  /** See `partitionKeyOf`. */
  readonly key: string
  readonly attributes: Attributes
  readonly parts: EncodedParts
}

/** The record on the topic `changes` that holds an article change. */
export function changeRecordOf({ id, key, attributes, parts }: EncodedChange) {
  return {
    topic: CHANGES_TOPIC,
    key,
    headers: {
      [ID_HEADER]: Buffer.from(id),
      [ATTRIBUTES_HEADER]: encodeAttributes(attributes),
      [PARTS_HEADER]: parts.header,
    },
    value: parts.value,
  }
}
