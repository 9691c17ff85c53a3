import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { LogRecord, PartitionBounds, RecordBatch } from '../change-log.ts'
import { LogCorruptError, OffsetTrimmedError } from '../errors.ts'
import type { FetchLimits } from '../record-store.ts'
import { decodeRecords, isIntact } from './block.ts'
import { BlockCache, type CachedBlock } from './block-cache.ts'
import { BlockFileReader } from './block-file-reader.ts'
import type { BlockPlace } from './block-folder.ts'
import { blockId, blockIdLimit } from './block-id.ts'
import { BlockReadAhead } from './block-read-ahead.ts'
import type { PartitionState, TopicState } from './catalog.ts'

/** Where a partition's records lie, read from the database. Everything here sees one committed state per call. */
export class BlockReader implements Disposable {
  readonly #begin: StatementSync
  readonly #end: StatementSync
  readonly #partition: StatementSync
  readonly #blockAt: StatementSync
  readonly #bytes: StatementSync
  readonly #files: BlockFileReader
  readonly #cache = new BlockCache()
  readonly #ahead: BlockReadAhead
  /** By the keys of the cache. */
  readonly #comingBlocks = new Map<string, Promise<void>>()

  constructor(database: DatabaseSync, directory: string) {
    this.#files = new BlockFileReader(directory)
    this.#ahead = new BlockReadAhead(directory)
    this.#begin = database.prepare('BEGIN')
    this.#end = database.prepare('COMMIT')
    this.#partition = database.prepare('SELECT earliest, end FROM partitions WHERE id = ?')
    this.#blockAt = database.prepare(BLOCK_AT)
    this.#bytes = database.prepare('SELECT bytes FROM blocks WHERE id = ?')
  }

  bounds(topic: TopicState): readonly PartitionBounds[] {
    return this.#inOneState(() =>
      topic.partitions.map(({ id }) => {
        const { earliest, end } = this.#partitionRow(id)
        return { earliest: BigInt(earliest), end: BigInt(end) }
      }),
    )
  }

  /** Throws `OffsetTrimmedError`, and `LogCorruptError` for a block that is not what was written. */
  fetch(state: PartitionState, from: bigint, limits: FetchLimits): RecordBatch {
    return this.#inOneState(() => {
      const { earliest, end } = this.#partitionRow(state.id)
      if (from < earliest) throw new OffsetTrimmedError(state.topic, state.partition, from, BigInt(earliest))
      const { records, nextOffset, giveBack } = this.#collect(state, Number(from), end, limits)
      const { partition } = state
      return { partition, records, nextOffset: BigInt(nextOffset), endOffset: BigInt(end), giveBack }
    })
  }

  /**
   * Has the block with that offset read in another thread, and the one behind it, into which a batch may reach; undefined when
   * they are there already, or not in a file.
   */
  readAhead(state: PartitionState, offset: number): Promise<unknown> | undefined {
    const first = this.#rowAt(state.id, offset)
    if (first === undefined) return undefined
    const next = this.#rowAt(state.id, first.lastOffset + 1)
    const reads = [first, next].flatMap((row) => (row && this.#readIfMissing(row)) ?? [])
    return reads.length === 0 ? undefined : Promise.all(reads)
  }

  #readIfMissing(row: BlockRow): Promise<void> | undefined {
    if (row.place === undefined) return undefined
    const key = cacheKey(row)
    if (this.#cache.has(key)) return undefined
    const coming = this.#comingBlocks.get(key)
    if (coming !== undefined || !this.#ahead.hasRoom) return coming
    const begun = this.#readInThread(key, row.place, row.length)
    this.#comingBlocks.set(key, begun)
    return begun
  }

  /** The first offset from `earliest` on whose record is at least as new as the timestamp; the end where none is. */
  offsetForTime(state: PartitionState, timestampMs: number): bigint {
    return this.#inOneState(() => {
      const { earliest, end } = this.#partitionRow(state.id)
      let from = this.#firstAsNew(state, earliest, end, timestampMs)
      // The record that made the block new enough may be compacted away, so that a later block has the answer.
      while (from < end) {
        const { records, nextOffset, giveBack } = this.#collect(state, from, end, ONE_BLOCK)
        const offset = records.find((candidate) => candidate.timestampMs >= timestampMs)?.offset
        giveBack()
        if (offset !== undefined) return offset
        from = nextOffset
      }
      return BigInt(end)
    })
  }

  /** Blocks are in the order of their times, so this is a binary search over their base offsets. */
  #firstAsNew(state: PartitionState, earliest: number, end: number, timestampMs: number): number {
    let low = earliest
    let high = end
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const block = this.#rowAt(state.id, middle)
      if (block === undefined || block.lastMs >= timestampMs) high = middle
      else low = block.lastOffset + 1
    }
    return low
  }

  #collect(
    state: PartitionState,
    from: number,
    end: number,
    { recordsMax, bytesMax }: FetchLimits,
  ): CollectedRecords {
    const records: LogRecord[] = []
    const blocks: CachedBlock[] = []
    const giveBack = () => {
      for (const block of blocks.splice(0)) this.#cache.giveBack(block)
    }
    let bytes = 0
    let fromOffset = from
    while (fromOffset < end && bytes < bytesMax && records.length < recordsMax) {
      const row = this.#rowAt(state.id, fromOffset)
      if (row === undefined) return { records, nextOffset: end, giveBack }
      const limits = { fromOffset, recordsMax: recordsMax - records.length, bytesMax: bytesMax - bytes }
      const block = this.#block(row, state)
      block.readers++
      blocks.push(block)
      const decoded = decodeRecords(block.bytes, state.topic, state.partition, limits)
      for (const record of decoded.records) records.push(record)
      bytes += decoded.bytes
      fromOffset = decoded.left ?? row.lastOffset + 1
    }
    return { records, nextOffset: fromOffset, giveBack }
  }

  /** The block that holds an offset, or else the next one: compaction leaves holes between blocks, too. */
  #rowAt(partitionId: number, offset: number): BlockRow | undefined {
    const first = blockId(partitionId, 0)
    const row = this.#blockAt.get(first, blockId(partitionId, offset), blockIdLimit(partitionId), offset)
    if (row === undefined) return undefined
    return {
      id: Number(row.id),
      lastOffset: Number(row.last_offset),
      lastMs: Number(row.last_ms),
      length: Number(row.length),
      place: row.file === null ? undefined : { file: Number(row.file), position: Number(row.position) },
    }
  }

  #block(row: BlockRow, { topic, partition }: PartitionState): CachedBlock {
    const cached = this.#cache.get(cacheKey(row))
    if (cached !== undefined) return cached
    const bytes = row.place === undefined ? this.#fromDatabase(row) : this.#fromFile(row.place, row.length)
    if (bytes === undefined || !isIntact(bytes)) {
      throw new LogCorruptError(
        `${topic}/${partition}: the records up to offset ${row.lastOffset} are damaged: restore the log from a backup`,
      )
    }
    return this.#cache.set(cacheKey(row), bytes)
  }

  #fromDatabase({ id }: BlockRow): Uint8Array | undefined {
    const bytes = this.#bytes.get(id)?.bytes
    return bytes instanceof Uint8Array ? bytes : undefined
  }

  /** undefined: the file is not there, or ends before the block does. */
  #fromFile(place: BlockPlace, length: number): Uint8Array | undefined {
    const block = new Uint8Array(this.#cache.take(length), 0, length)
    return this.#files.read(place, block) ? block : undefined
  }

  #partitionRow(partitionId: number): { earliest: number; end: number } {
    const row = this.#partition.get(partitionId)
    if (row === undefined) throw new LogCorruptError(`the log has lost its partition ${partitionId}`)
    return { earliest: Number(row.earliest), end: Number(row.end) }
  }

  async #readInThread(key: string, place: BlockPlace, length: number): Promise<void> {
    const memory = await this.#ahead.read(place, length, this.#cache.take(length))
    this.#comingBlocks.delete(key)
    if (memory === undefined) return
    // A reader may have come to it before.
    if (this.#cache.has(key)) this.#cache.putBack(memory)
    else this.#cache.set(key, new Uint8Array(memory, 0, length))
  }

  [Symbol.dispose](): void {
    this.#ahead[Symbol.dispose]()
    this.#files[Symbol.dispose]()
  }

  #inOneState<Result>(look: () => Result): Result {
    this.#begin.run()
    try {
      return look()
    } finally {
      this.#end.run()
    }
  }
}

interface CollectedRecords {
  readonly records: readonly LogRecord[]
  readonly nextOffset: number
  readonly giveBack: () => void
}

interface BlockRow {
  readonly id: number
  readonly lastOffset: number
  readonly lastMs: number
  readonly length: number
  /** undefined: in the database. */
  readonly place: BlockPlace | undefined
}

const ONE_BLOCK: FetchLimits = { recordsMax: Number.POSITIVE_INFINITY, bytesMax: 1 }

/** Merging and compaction change the length of a block, if not its last offset. */
function cacheKey({ id, lastOffset, length }: BlockRow): string {
  return `${id} ${lastOffset} ${length}`
}

/** Starts at the last block at or below the offset, which holds it unless it ends before. */
const BLOCK_AT = `
  SELECT id, last_offset, last_ms, length, file, position FROM blocks
  WHERE id >= coalesce((SELECT max(id) FROM blocks WHERE id >= ?1 AND id <= ?2), ?2)
    AND id < ?3 AND last_offset >= ?4
  ORDER BY id LIMIT 1
`
