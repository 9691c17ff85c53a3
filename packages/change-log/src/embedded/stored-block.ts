import type { DatabaseSync } from 'node:sqlite'
import { LogCorruptError } from '../errors.ts'
import { isIntact } from './block.ts'
import { blockId, blockIdLimit } from './block-id.ts'

/** A row of `blocks` without its bytes. */
export interface StoredBlock {
  readonly id: number
  readonly lastOffset: number
  readonly firstMs: number
  readonly lastMs: number
  readonly length: number
}

/** The blocks of a partition from an offset on, at most so many. */
export function storedBlocks(
  database: DatabaseSync,
  partitionId: number,
  fromOffset: number,
  countMax: number,
): readonly StoredBlock[] {
  return database
    .prepare(
      'SELECT id, last_offset, first_ms, last_ms, length(bytes) AS length FROM blocks ' +
        'WHERE id >= ? AND id < ? ORDER BY id LIMIT ?',
    )
    .all(blockId(partitionId, fromOffset), blockIdLimit(partitionId), countMax)
    .map((row) => ({
      id: Number(row.id),
      lastOffset: Number(row.last_offset),
      firstMs: Number(row.first_ms),
      lastMs: Number(row.last_ms),
      length: Number(row.length),
    }))
}

/** Throws `LogCorruptError` when the bytes are not the ones that were written. */
export function bytesOf(database: DatabaseSync, { id }: StoredBlock): Uint8Array {
  const bytes = database.prepare('SELECT bytes FROM blocks WHERE id = ?').get(id)?.bytes
  if (bytes instanceof Uint8Array && isIntact(bytes)) return bytes
  throw new LogCorruptError(`the block ${id} is damaged: restore the log from a backup`)
}

/** Puts one block, or nothing, in the place of neighbours. The partition's count of bytes follows. */
export function replaceBlocks(
  database: DatabaseSync,
  partitionId: number,
  blocks: readonly StoredBlock[],
  replacement: Uint8Array | undefined,
): void {
  const [first] = blocks
  const last = blocks.at(-1)
  if (first === undefined || last === undefined) return
  database.prepare('DELETE FROM blocks WHERE id >= ? AND id <= ?').run(first.id, last.id)
  if (replacement !== undefined) {
    database
      .prepare('INSERT INTO blocks (id, last_offset, first_ms, last_ms, bytes) VALUES (?, ?, ?, ?, ?)')
      .run(first.id, last.lastOffset, first.firstMs, last.lastMs, replacement)
  }
  const freed = blocks.reduce((sum, { length }) => sum + length, 0) - (replacement?.byteLength ?? 0)
  database.prepare('UPDATE partitions SET bytes = bytes - ? WHERE id = ?').run(freed, partitionId)
}
