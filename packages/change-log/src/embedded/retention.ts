import type { DatabaseSync } from 'node:sqlite'
import { LogCorruptError } from '../errors.ts'
import { baseOffsetOf } from './block-id.ts'
import type { StoredBlock, StoredBlocks } from './stored-blocks.ts'
import { inTransaction } from './transaction.ts'

/** Blocks that one step removes at most: some 4 MB, a few milliseconds. */
const BLOCKS_REMOVED_MAX = 16

/** Removes what is older or more than its topic keeps, whole blocks from the beginning of the partitions, in short steps. */
export function* applyRetention(
  database: DatabaseSync,
  stored: StoredBlocks,
  nowMs: number,
): Generator<void> {
  const topics = database.prepare("SELECT * FROM topics WHERE cleanup = 'delete'").all()
  for (const { id, retention_ms, retention_bytes } of topics) {
    const partitionIds = partitionIdsOf(database, Number(id))
    if (retention_ms !== null) {
      for (const partitionId of partitionIds) {
        yield* removeWhile(
          database,
          stored,
          partitionId,
          ({ lastMs }) => lastMs < nowMs - Number(retention_ms),
        )
      }
    }
    if (retention_bytes !== null) yield* removeExcess(database, stored, partitionIds, Number(retention_bytes))
  }
}

function* removeWhile(
  database: DatabaseSync,
  stored: StoredBlocks,
  partitionId: number,
  isOld: (block: StoredBlock) => boolean,
): Generator<void> {
  for (;;) {
    const blocks = stored.from(partitionId, 0, BLOCKS_REMOVED_MAX)
    const firstKept = blocks.findIndex((block) => !isOld(block))
    const old = firstKept === -1 ? blocks : blocks.slice(0, firstKept)
    if (old.length === 0) return
    inTransaction(database, () => removeFirst(database, stored, partitionId, old))
    yield
  }
}

/** The oldest block of all partitions goes first, so that they keep about the same time. */
function* removeExcess(
  database: DatabaseSync,
  stored: StoredBlocks,
  partitionIds: readonly number[],
  bytesMax: number,
): Generator<void> {
  const bytesOfPartition = database.prepare('SELECT bytes FROM partitions WHERE id = ?')
  const excess = () =>
    partitionIds.reduce((sum, id) => sum + Number(bytesOfPartition.get(id)?.bytes), 0) - bytesMax
  while (excess() > 0) {
    const removed = inTransaction(database, () => {
      for (let count = 0; count < BLOCKS_REMOVED_MAX && excess() > 0; count++) {
        const oldest = oldestOf(stored, partitionIds)
        if (oldest === undefined) return count
        removeFirst(database, stored, oldest.partitionId, [oldest.block])
      }
      return BLOCKS_REMOVED_MAX
    })
    if (removed === 0) throw new LogCorruptError('partitions without blocks count bytes: the log is damaged')
    yield
  }
}

function oldestOf(
  stored: StoredBlocks,
  partitionIds: readonly number[],
): { partitionId: number; block: StoredBlock } | undefined {
  const firsts = partitionIds.flatMap((partitionId) =>
    stored.from(partitionId, 0, 1).map((block) => ({ partitionId, block })),
  )
  return firsts.toSorted((left, right) => left.block.firstMs - right.block.firstMs)[0]
}

function removeFirst(
  database: DatabaseSync,
  stored: StoredBlocks,
  partitionId: number,
  blocks: readonly StoredBlock[],
): void {
  const last = blocks.at(-1)
  if (last === undefined) return
  stored.replace(blocks, undefined)
  const [next] = stored.from(partitionId, last.lastOffset + 1, 1)
  const earliest = next === undefined ? last.lastOffset + 1 : baseOffsetOf(next.id)
  database
    .prepare('UPDATE partitions SET earliest = ?1, merged_to = max(merged_to, ?1) WHERE id = ?2')
    .run(earliest, partitionId)
}

function partitionIdsOf(database: DatabaseSync, topicId: number): readonly number[] {
  return database
    .prepare('SELECT id FROM partitions WHERE topic_id = ? ORDER BY id')
    .all(topicId)
    .map(({ id }) => Number(id))
}
