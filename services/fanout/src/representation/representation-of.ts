import type { Part } from '@freshet/protocol'
import type { Transport } from '../transport/transport.ts'
import { DeflatedRepresentation } from './deflated-representation.ts'
import { EncodedRepresentation } from './encoded-representation.ts'
import { Representation } from './representation.ts'

/** The form that a subscription's frames have on this transport. */
export function representationOf(
  { framing, encoding }: Transport,
  parts: readonly Part[],
  subscription: string,
): Representation {
  switch (encoding) {
    case 'identity':
      return new Representation(framing, parts, subscription)
    case 'deflate':
      return new DeflatedRepresentation(parts, subscription)
    case 'gzip':
    case 'zstd':
      return new EncodedRepresentation(framing, encoding, parts, subscription)
  }
}
