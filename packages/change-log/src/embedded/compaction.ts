import type { DatabaseSync } from 'node:sqlite'
import { BLOCK_BYTES, type Frame, framesOf, packFrames } from './block.ts'
import { blockId } from './block-id.ts'
import { integerOf } from './layout.ts'
import type { StoredBlock, StoredBlocks } from './stored-blocks.ts'
import { inTransaction } from './transaction.ts'

/** How long a tombstone stays, so that a reader on its way still learns that the key is gone. */
const TOMBSTONE_KEPT_MS = 24 * 60 * 60 * 1000

/** Keys that one pass holds in memory; what is appended after them is left to the next pass. */
const KEYS_MAX = 1_000_000

/** Blocks that one step rewrites at most, unless they reach `BLOCK_BYTES` before. */
const BLOCKS_REWRITTEN_MAX = 256

/** Compacts the partitions of which at least half has been appended since the last time: each byte is rewritten a few times only. */
export function* compactTopics(database: DatabaseSync, stored: StoredBlocks, nowMs: number): Generator<void> {
  const rows = database
    .prepare(
      "SELECT partitions.id, compacted_to FROM partitions JOIN topics ON topics.id = topic_id WHERE cleanup = 'compact'",
    )
    .all()
  for (const { id, compacted_to } of rows) {
    const partitionId = Number(id)
    if (isWorthwhile(database, partitionId, Number(compacted_to))) {
      yield* compactPartition(database, stored, partitionId, Number(compacted_to), nowMs)
    }
  }
}

function isWorthwhile(database: DatabaseSync, partitionId: number, compactedTo: number): boolean {
  const bytesBetween = (from: number, until: number) =>
    integerOf(database, `SELECT coalesce(sum(length), 0) FROM blocks WHERE id >= ${from} AND id < ${until}`)
  const firstNew = blockId(partitionId, compactedTo)
  const added = bytesBetween(firstNew, blockId(partitionId + 1, 0))
  return added > 0 && added >= bytesBetween(blockId(partitionId, 0), firstNew)
}

function* compactPartition(
  database: DatabaseSync,
  stored: StoredBlocks,
  partitionId: number,
  compactedTo: number,
  nowMs: number,
): Generator<void> {
  const { lastOffsets, end } = yield* findLastOffsets(stored, partitionId, compactedTo)
  const isKept = ({ key, offset, isTombstone, timestampMs }: Frame) =>
    offset >= (lastOffsets.get(key) ?? 0) && !(isTombstone && timestampMs < nowMs - TOMBSTONE_KEPT_MS)
  for (let from = 0; from < end; ) {
    const run = rewritableRun(stored.from(partitionId, from, BLOCKS_REWRITTEN_MAX), partitionId, end)
    const last = run.at(-1)
    if (last === undefined) break
    inTransaction(database, () => rewrite(stored, run, isKept))
    from = last.lastOffset + 1
    yield
  }
  inTransaction(database, () => {
    database
      .prepare('UPDATE partitions SET compacted_to = ?1, merged_to = max(merged_to, ?1) WHERE id = ?2')
      .run(end, partitionId)
  })
}

/** For each key of the records from an offset on, the offset of its last one; `end` is where the pass stops. */
function* findLastOffsets(
  stored: StoredBlocks,
  partitionId: number,
  from: number,
): Generator<void, { lastOffsets: ReadonlyMap<string, number>; end: number }> {
  const lastOffsets = new Map<string, number>()
  let end = from
  while (lastOffsets.size < KEYS_MAX) {
    const [block] = stored.from(partitionId, end, 1)
    if (block === undefined) break
    for (const { key, offset } of framesOf(stored.bytesOf(block))) lastOffsets.set(key, offset)
    end = block.lastOffset + 1
    yield
  }
  return { lastOffsets, end }
}

function rewritableRun(
  blocks: readonly StoredBlock[],
  partitionId: number,
  end: number,
): readonly StoredBlock[] {
  let bytes = 0
  return blocks.filter(({ id, length }) => {
    const fits = bytes < BLOCK_BYTES && id < blockId(partitionId, end)
    bytes += length
    return fits
  })
}

function rewrite(stored: StoredBlocks, run: readonly StoredBlock[], isKept: (frame: Frame) => boolean): void {
  const kept: Uint8Array[] = []
  let count = 0
  for (const block of run) {
    for (const frame of framesOf(stored.bytesOf(block))) {
      count++
      if (isKept(frame)) kept.push(frame.bytes)
    }
  }
  if (run.length === 1 && kept.length === count) return
  stored.replace(run, kept.length === 0 ? undefined : packFrames(kept))
}
