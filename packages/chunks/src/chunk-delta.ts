import { CHUNKER_VERSION, type Chunk, chunksDigest } from './chunk.ts'
import { increasingSubsequence } from './increasing-subsequence.ts'
import { replacedChunks } from './replaced-chunks.ts'

/**
 * What turns the chunks of one text into those of another. Plain JSON.
 *
 *     {
 *       "chunker": "1", "base": "q0…", "result": "Zk…",
 *       "ops": [
 *         {"keep": 12},
 *         {"del": ["x3Jd0aQm4kPz81Ls"]},
 *         {"put": {"id": "b8…", "kind": "prose", "path": ["History"], "text": "…", "replaces": "x3Jd0aQm4kPz81Ls"}},
 *         {"meta": {"id": "c1…", "path": ["New heading"]}},
 *         {"move": {"id": "d4…"}}
 *       ]
 *     }
 *
 * Only `put` brings text that has to be embedded.
 */
export type ChunkDelta = ChunkOpsDelta | ChunkSnapshot

export interface ChunkOpsDelta {
  /** Version of the chunker that made both lists. */
  readonly chunker: string
  /** `chunksDigest` of the list that it applies to. */
  readonly base: string
  /** `chunksDigest` of the list that it leads to. */
  readonly result: string
  /** In the order of the new list. */
  readonly ops: readonly ChunkOp[]
}

/** The whole list: where there is no base, or one that another chunker made. Applies to whatever there is. */
export interface ChunkSnapshot {
  readonly chunker: string
  readonly result: string
  readonly replace: readonly Chunk[]
}

export type ChunkOp =
  /** The next so many chunks of the base that no other op names stay. */
  | { readonly keep: number }
  /** These chunks of the base go. */
  | { readonly del: readonly string[] }
  /** A new chunk comes here. */
  | { readonly put: PutChunk }
  /** A chunk of the base stays here with another path or count of dropped templates. Its text is the same. */
  | { readonly meta: ChunkMeta }
  /** A chunk of the base comes here from before or behind; with `path` when path or count changed as well. */
  | { readonly move: ChunkMove }

export interface PutChunk extends Chunk {
  /** A hint: the chunk that this one is an edited form of. It is in the same delta's `del`. */
  readonly replaces?: string
}

export interface ChunkMeta {
  readonly id: string
  readonly path: readonly string[]
  readonly omittedTemplates?: number
}

export interface ChunkMove {
  readonly id: string
  readonly path?: readonly string[]
  readonly omittedTemplates?: number
}

/** Both lists are of `chunksOf`, by the same version of it. For a page without base use `chunkSnapshot`, or no chunks. */
export function chunkDelta(base: readonly Chunk[], next: readonly Chunk[]): ChunkOpsDelta {
  return {
    chunker: CHUNKER_VERSION,
    base: chunksDigest(base),
    result: chunksDigest(next),
    ops: new DeltaBuilder(base, next).ops(),
  }
}

export function chunkSnapshot(chunks: readonly Chunk[]): ChunkSnapshot {
  return { chunker: CHUNKER_VERSION, result: chunksDigest(chunks), replace: chunks }
}

class DeltaBuilder {
  readonly #base: readonly Chunk[]
  readonly #next: readonly Chunk[]
  readonly #baseIndices: ReadonlyMap<string, number>
  readonly #nextIds: ReadonlySet<string>
  readonly #ops: ChunkOp[] = []
  #kept = 0
  /** How far the base is told. */
  #baseAt = 0

  constructor(base: readonly Chunk[], next: readonly Chunk[]) {
    this.#base = base
    this.#next = next
    this.#baseIndices = new Map(base.map(({ id }, index) => [id, index]))
    this.#nextIds = new Set(next.map(({ id }) => id))
  }

  ops(): readonly ChunkOp[] {
    const inPlace = this.#inPlace()
    const replaced = replacedChunks(this.#base, this.#next, inPlace)
    for (const chunk of this.#next) {
      const baseIndex = this.#baseIndices.get(chunk.id)
      const before = baseIndex === undefined ? undefined : this.#base[baseIndex]
      if (baseIndex === undefined || before === undefined) {
        const replaces = replaced.get(chunk.id)
        this.#push({ put: replaces === undefined ? chunk : { ...chunk, replaces } })
      } else if (inPlace.has(chunk.id)) {
        this.#deleteUpTo(baseIndex)
        if (isSameMeta(before, chunk)) this.#kept++
        else this.#push({ meta: metaOf(chunk) })
      } else {
        this.#push({ move: isSameMeta(before, chunk) ? { id: chunk.id } : metaOf(chunk) })
      }
    }
    this.#deleteUpTo(this.#base.length)
    this.#endKept()
    return this.#ops
  }

  /** Ids of a longest run of chunks that are in both lists in the same order. */
  #inPlace(): ReadonlySet<string> {
    const common = this.#next.filter(({ id }) => this.#baseIndices.has(id))
    const indices = common.map(({ id }) => this.#baseIndices.get(id) as number)
    return new Set(increasingSubsequence(indices).map((at) => (common[at] as Chunk).id))
  }

  #deleteUpTo(baseIndex: number): void {
    const gone = this.#base.slice(this.#baseAt, baseIndex).filter(({ id }) => !this.#nextIds.has(id))
    this.#baseAt = Math.max(this.#baseAt, baseIndex)
    if (gone.length > 0) this.#push({ del: gone.map(({ id }) => id) })
  }

  #push(op: ChunkOp): void {
    this.#endKept()
    this.#ops.push(op)
  }

  #endKept(): void {
    if (this.#kept > 0) this.#ops.push({ keep: this.#kept })
    this.#kept = 0
  }
}

function isSameMeta(a: Chunk, b: Chunk): boolean {
  return (
    a.omittedTemplates === b.omittedTemplates &&
    a.path.length === b.path.length &&
    a.path.every((title, index) => title === b.path[index])
  )
}

function metaOf({ id, path, omittedTemplates }: Chunk): ChunkMeta {
  return { id, path, ...(omittedTemplates !== undefined && { omittedTemplates }) }
}
