import { BlockCache } from '@freshet/chunks'
import type { Part } from '@freshet/protocol'
import type { MadeParts, PartInput } from './part-input.ts'
import { partsOf } from './parts-of.ts'

export interface PartTask {
  readonly inputs: readonly PartInput[]
  readonly parts: readonly Part[]
}

/** Wikitext of blocks whose reading is kept, in each thread: the blocks that the next edit of a page has unchanged. */
const CACHE_SOURCE_LENGTH_MAX = 8 * 1024 * 1024
const cache = new BlockCache({ sourceLengthMax: CACHE_SOURCE_LENGTH_MAX })

/** Runs in a thread of its own, off the event loop that answers requests. */
export default function makeParts({ inputs, parts }: PartTask): readonly MadeParts[] {
  return inputs.map((input) => partsOf(input, parts, cache))
}
