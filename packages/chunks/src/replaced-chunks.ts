import type { Chunk } from './chunk.ts'
import { similarity, type TextProfile, textProfile } from './text-similarity.ts'

/** Less than this in common, and a new chunk is not an edited form of the other. */
const SIMILARITY_MIN = 0.4
/** In a gap with more pairs than this only chunks at the same place of the gap are compared. */
const PAIRS_MAX = 400

/**
 * For ids of new chunks the id of the chunk that they are an edited form of: the most similar of those that went from
 * the same gap between chunks that stayed in place. Each is taken once.
 */
export function replacedChunks(
  base: readonly Chunk[],
  next: readonly Chunk[],
  inPlace: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const replaced = new Map<string, string>()
  const baseIds = new Set(base.map(({ id }) => id))
  const nextIds = new Set(next.map(({ id }) => id))
  const goneByGap = gaps(base, inPlace, (chunk) => !nextIds.has(chunk.id))
  for (const [gap, put] of gaps(next, inPlace, (chunk) => !baseIds.has(chunk.id)).entries()) {
    pairGap(goneByGap[gap] ?? [], put, replaced)
  }
  return replaced
}

/** The wanted chunks before the first one in place, before the second, …, after the last. */
function gaps(
  chunks: readonly Chunk[],
  inPlace: ReadonlySet<string>,
  isWanted: (chunk: Chunk) => boolean,
): readonly (readonly Chunk[])[] {
  const found: Chunk[][] = [[]]
  for (const chunk of chunks) {
    if (inPlace.has(chunk.id)) found.push([])
    else if (isWanted(chunk)) found.at(-1)?.push(chunk)
  }
  return found
}

function pairGap(gone: readonly Chunk[], put: readonly Chunk[], replaced: Map<string, string>): void {
  if (gone.length === 0 || put.length === 0) return
  const comparesAll = gone.length * put.length <= PAIRS_MAX
  const left = new Map<number, Candidate>()
  for (const [index, chunk] of gone.entries()) left.set(index, { chunk, profile: textProfile(chunk.text) })
  for (const [index, chunk] of put.entries()) {
    const profile = textProfile(chunk.text)
    let best: undefined | number
    let bestSimilarity = SIMILARITY_MIN
    for (const at of comparesAll ? left.keys() : [index]) {
      const candidate = left.get(at)
      if (candidate === undefined || candidate.chunk.kind !== chunk.kind) continue
      const found = similarity(candidate.profile, profile)
      if (found <= bestSimilarity) continue
      best = at
      bestSimilarity = found
    }
    if (best === undefined) continue
    replaced.set(chunk.id, (left.get(best) as Candidate).chunk.id)
    left.delete(best)
  }
}

interface Candidate {
  readonly chunk: Chunk
  readonly profile: TextProfile
}
