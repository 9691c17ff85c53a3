import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { sealBlock } from './block.ts'
import { blockId } from './block-id.ts'
import type { MergeBacklog } from './merging.ts'
import type { StoredBlocks } from './stored-blocks.ts'
import { inTransaction } from './transaction.ts'
import type { Commit } from './writer-messages.ts'

/** Writes what was appended, each commit as one durable transaction. */
export class CommitWriter {
  readonly #database: DatabaseSync
  readonly #backlog: MergeBacklog
  readonly #blocks: StoredBlocks
  readonly #moveEnd: StatementSync
  readonly #movePosition: StatementSync

  constructor(database: DatabaseSync, blocks: StoredBlocks, backlog: MergeBacklog) {
    this.#database = database
    this.#blocks = blocks
    this.#backlog = backlog
    this.#moveEnd = database.prepare(
      'UPDATE partitions SET end = ?3, last_ms = ?4, bytes = bytes + ?5 WHERE id = ?1 AND end = ?2',
    )
    this.#movePosition = database.prepare(
      'INSERT INTO positions (group_name, partition_id, next) VALUES (?1, ?2, ?3) ' +
        'ON CONFLICT (group_name, partition_id) DO UPDATE SET next = ?3',
    )
  }

  write(commit: Commit): void {
    inTransaction(this.#database, () => {
      for (const { partitionId, baseOffset, lastOffset, timestampMs, start, length } of commit.blocks) {
        const block = new Uint8Array(commit.bytes, start, length)
        sealBlock(block)
        const id = blockId(partitionId, baseOffset)
        this.#blocks.insert({ id, lastOffset, firstMs: timestampMs, lastMs: timestampMs }, block)
      }
      this.#blocks.sync()
      for (const { partitionId, from, to, timestampMs, bytes } of commit.ends) {
        const { changes } = this.#moveEnd.run(partitionId, from, to, timestampMs, bytes)
        if (changes !== 1) throw new Error(`partition ${partitionId} does not end at ${from}`)
      }
      for (const { group, partitionId, next } of commit.positions) {
        this.#movePosition.run(group, partitionId, next)
      }
    })
    for (const block of commit.blocks) this.#backlog.add(block)
  }
}
