import type { DatabaseSync } from 'node:sqlite'
import { BLOCK_BYTES, framesOfBlock, packFrames } from './block.ts'
import { integerOf } from './layout.ts'
import { LARGE_BLOCK_BYTES, type StoredBlock, type StoredBlocks } from './stored-blocks.ts'
import { inTransaction } from './transaction.ts'
import type { NewBlock } from './writer-messages.ts'

/** Very small blocks are merged at this count, so that a step stays short; the result may be merged again. */
const BLOCKS_MERGED_MAX = 512

/** How many small blocks wait in each partition. */
export class MergeBacklog {
  readonly #counts = new Map<number, { bytes: number; blocks: number }>()

  add({ partitionId, length }: NewBlock): void {
    const count = this.#counts.get(partitionId) ?? { bytes: 0, blocks: 0 }
    // A large block with nothing small before it leaves nothing to merge.
    if (count.blocks === 0 && length >= LARGE_BLOCK_BYTES) return
    this.#counts.set(partitionId, { bytes: count.bytes + length, blocks: count.blocks + 1 })
  }

  /** The partitions with enough to make a block of; their counts start again. */
  takeReady(): readonly number[] {
    const ready = [...this.#counts].filter(
      ([, { bytes, blocks }]) => bytes >= BLOCK_BYTES || blocks >= BLOCKS_MERGED_MAX,
    )
    for (const [partitionId] of ready) this.#counts.delete(partitionId)
    return ready.map(([partitionId]) => partitionId)
  }
}

/** Merges the small blocks of a partition into large ones, a run of neighbours per step. Reading them costs a fraction then. */
export function* mergeBlocks(
  database: DatabaseSync,
  blocks: StoredBlocks,
  partitionId: number,
): Generator<void> {
  for (;;) {
    const from = integerOf(database, `SELECT merged_to FROM partitions WHERE id = ${partitionId}`)
    const run = nextRun(blocks.from(partitionId, from, BLOCKS_MERGED_MAX))
    const last = run?.at(-1)
    if (run === undefined || last === undefined) return
    inTransaction(database, () => {
      if (run.length > 1) {
        const frames = run.map((block) => framesOfBlock(blocks.bytesOf(block)))
        blocks.replace(run, packFrames(frames))
        blocks.sync()
      }
      const mergedTo = last.lastOffset + 1
      database.prepare('UPDATE partitions SET merged_to = ? WHERE id = ?').run(mergedTo, partitionId)
    })
    yield
  }
}

/** The first neighbours that are worth one block; undefined: there are not enough yet. */
function nextRun(blocks: readonly StoredBlock[]): readonly StoredBlock[] | undefined {
  let bytes = 0
  for (const [index, { length }] of blocks.entries()) {
    // A large one ends the run before it, or is passed by.
    if (length >= LARGE_BLOCK_BYTES) return blocks.slice(0, Math.max(index, 1))
    bytes += length
    if (bytes >= BLOCK_BYTES) return blocks.slice(0, index + 1)
  }
  return blocks.length === BLOCKS_MERGED_MAX ? blocks : undefined
}
