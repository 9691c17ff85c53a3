import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { LogCorruptError } from '../errors.ts'
import { BLOCK_BYTES, isIntact } from './block.ts'
import type { BlockFileWriter } from './block-file-writer.ts'
import { blockId, blockIdLimit, partitionIdOf } from './block-id.ts'

/** From this size on a block stays as it is. */
export const LARGE_BLOCK_BYTES = BLOCK_BYTES / 2

/** A row of `blocks` without its bytes. */
export interface StoredBlock {
  readonly id: number
  readonly lastOffset: number
  readonly firstMs: number
  readonly lastMs: number
  readonly length: number
}

/**
 * The blocks as the writer sees them. Large ones lie in files, but for those of compacted topics, which are rewritten again and
 * again; the others in the database. Everything that changes them belongs into a transaction, and `sync` before its end.
 */
export class StoredBlocks {
  readonly #files: BlockFileWriter
  readonly #list: StatementSync
  readonly #bytes: StatementSync
  readonly #insert: StatementSync
  readonly #delete: StatementSync
  readonly #count: StatementSync
  readonly #user: StatementSync
  readonly #topic: StatementSync
  /** For each partition the topic whose files its large blocks go into; undefined: they do not. */
  readonly #fileTopics = new Map<number, number | undefined>()

  constructor(database: DatabaseSync, files: BlockFileWriter) {
    this.#files = files
    this.#list = database.prepare(
      'SELECT id, last_offset, first_ms, last_ms, length FROM blocks WHERE id >= ? AND id < ? ORDER BY id LIMIT ?',
    )
    this.#bytes = database.prepare('SELECT bytes FROM blocks WHERE id = ?')
    this.#insert = database.prepare(
      'INSERT INTO blocks (id, last_offset, first_ms, last_ms, length, bytes, file, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#delete = database.prepare('DELETE FROM blocks WHERE id >= ? AND id <= ?')
    this.#count = database.prepare('UPDATE partitions SET bytes = bytes - ? WHERE id = ?')
    this.#user = database.prepare('SELECT 1 FROM blocks WHERE file = ? LIMIT 1')
    this.#topic = database.prepare(
      "SELECT topic_id FROM partitions JOIN topics ON topics.id = topic_id WHERE partitions.id = ? AND cleanup = 'delete'",
    )
  }

  /** The blocks of a partition from an offset on, at most so many. */
  from(partitionId: number, fromOffset: number, countMax: number): readonly StoredBlock[] {
    return this.#list
      .all(blockId(partitionId, fromOffset), blockIdLimit(partitionId), countMax)
      .map((row) => ({
        id: Number(row.id),
        lastOffset: Number(row.last_offset),
        firstMs: Number(row.first_ms),
        lastMs: Number(row.last_ms),
        length: Number(row.length),
      }))
  }

  /** Of a block that lies in the database. Throws `LogCorruptError` when the bytes are not the ones that were written. */
  bytesOf({ id }: StoredBlock): Uint8Array {
    const bytes = this.#bytes.get(id)?.bytes
    if (bytes instanceof Uint8Array && isIntact(bytes)) return bytes
    throw new LogCorruptError(`the block ${id} is damaged: restore the log from a backup`)
  }

  insert({ id, lastOffset, firstMs, lastMs }: Omit<StoredBlock, 'length'>, bytes: Uint8Array): void {
    const topicId = bytes.length < LARGE_BLOCK_BYTES ? undefined : this.#fileTopicOf(partitionIdOf(id))
    if (topicId === undefined) {
      this.#insert.run(id, lastOffset, firstMs, lastMs, bytes.length, bytes, null, null)
    } else {
      const { file, position } = this.#files.append(topicId, bytes)
      this.#insert.run(id, lastOffset, firstMs, lastMs, bytes.length, null, file, position)
    }
  }

  /** Puts one block, or nothing, in the place of neighbours. The partition's count of bytes follows. */
  replace(blocks: readonly StoredBlock[], replacement: Uint8Array | undefined): void {
    const [first] = blocks
    const last = blocks.at(-1)
    if (first === undefined || last === undefined) return
    this.#delete.run(first.id, last.id)
    if (replacement !== undefined) {
      this.insert({ ...first, lastOffset: last.lastOffset, lastMs: last.lastMs }, replacement)
    }
    const freed = blocks.reduce((sum, { length }) => sum + length, 0) - (replacement?.byteLength ?? 0)
    this.#count.run(freed, partitionIdOf(first.id))
  }

  /** Makes durable what lies in files. */
  sync(): void {
    this.#files.sync()
  }

  /** Removes the files of blocks that were removed some time ago. Outside of any transaction. */
  removeUnusedFiles(nowMs: number): void {
    this.#files.removeUnused((file) => this.#user.get(file) !== undefined, nowMs)
  }

  #fileTopicOf(partitionId: number): number | undefined {
    if (!this.#fileTopics.has(partitionId)) {
      const topicId = this.#topic.get(partitionId)?.topic_id
      this.#fileTopics.set(partitionId, topicId === undefined ? undefined : Number(topicId))
    }
    return this.#fileTopics.get(partitionId)
  }
}
