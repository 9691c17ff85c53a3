import type { Framing, Part } from '@freshet/protocol'
import type { Transport } from '../transport/transport.ts'
import type { Encoding } from './content-encoding.ts'
import { DeflatedRepresentation } from './deflated-representation.ts'
import { EncodedRepresentation } from './encoded-representation.ts'
import { Representation } from './representation.ts'

/** Different ones that are kept for those who ask for the same; past it they are made anew. */
const SHARED_MAX = 1_000
const shared = new Map<string, Representation>()

/** The form that a subscription's frames have on this transport. */
export function representationOf(
  { framing, encoding }: Pick<Transport, 'framing' | 'encoding'>,
  parts: readonly Part[],
  subscription: string,
  batchMax: number,
): Representation {
  const encodingKey = typeof encoding === 'string' ? encoding : encoding.key
  const key = `${framing} ${encodingKey} ${parts.join(',')} ${batchMax} ${subscription}`
  const known = shared.get(key)
  if (known !== undefined) return known
  const made = madeFor(framing, encoding, parts, subscription, batchMax)
  if (made.isShared && shared.size < SHARED_MAX) shared.set(key, made)
  return made
}

function madeFor(
  framing: Framing,
  encoding: Encoding,
  parts: readonly Part[],
  subscription: string,
  batchMax: number,
): Representation {
  switch (encoding) {
    case 'identity':
      return new Representation(framing, parts, subscription, batchMax)
    case 'deflate':
      return new DeflatedRepresentation(parts, subscription, batchMax)
    default:
      return new EncodedRepresentation(framing, encoding, parts, subscription, batchMax)
  }
}
