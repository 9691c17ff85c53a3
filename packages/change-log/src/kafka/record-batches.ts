import { LogCorruptError } from '../errors.ts'
import { KafkaRecord } from './kafka-record.ts'
import type { LentMemory } from './lent-memory.ts'
import { RecordCursor } from './record-cursor.ts'
import { type PackedBatch, UNCOMPRESSED, type Unpacked, unpackedBatches } from './unpacked-batches.ts'

/** A transaction whose records are not for readers, from its first offset on up to its marker. */
export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

/** The committed records of one batch of the log; none when they are aborted, compacted away, or the batch is a marker. */
export interface DecodedBatch extends DecodedRecords {
  readonly nextOffset: bigint
}

interface DecodedRecords {
  readonly records: readonly KafkaRecord[]
  /** Of the records, for whoever takes the batch to give back; undefined where others look at it, too. */
  readonly memory: undefined | LentMemory
}

/*
 * Record batch, version 2 (https://kafka.apache.org/documentation/#recordbatch). Numbers are big-endian.
 *
 *     0 i64 first offset · 8 i32 bytes that follow · 12 i32 leader epoch · 16 i8 version · 17 u32 crc32c ·
 *     21 i16 attributes · 23 i32 last offset - first · 27 i64 first timestamp · 35 i64 newest timestamp ·
 *     43 i64 producer id · 51 i16 producer epoch · 53 i32 first sequence · 57 i32 number of records · 61 records
 */
const LENGTH_AT = 8
const VERSION_AT = 16
const ATTRIBUTES_AT = 21
const LAST_OFFSET_DELTA_AT = 23
const FIRST_TIMESTAMP_AT = 27
const NEWEST_TIMESTAMP_AT = 35
const PRODUCER_ID_AT = 43
const COUNT_AT = 57
const RECORDS_AT = 61
const VERSION = 2

const COMPRESSION = 0x07
const LOG_APPEND_TIME = 0x08
const TRANSACTIONAL = 0x10
const CONTROL = 0x20

/** Type of a control record, behind its version: how the transaction ended. */
const CONTROL_TYPE_AT = 2
const ABORT = 0

export interface BatchesOptions {
  readonly topic: string
  readonly partition: number
  /** Records before it are left out: a batch comes whole, also when it begins earlier. */
  readonly from: bigint
  readonly bytes: Buffer
  /** Of the bytes, given back when all batches were read; undefined where others look at it, too. */
  readonly memory: undefined | LentMemory
  readonly abortedTransactions: readonly AbortedTransaction[]
}

/** Reads one batch after the other. A batch that is cut off ends it. */
export async function* recordBatches(options: BatchesOptions): AsyncGenerator<DecodedBatch> {
  try {
    for await (const unpacked of unpackedBatches(storedBatches(options))) {
      const { isForReaders, nextOffset } = unpacked.batch
      yield { ...(isForReaders ? recordsOf(unpacked, options) : NO_RECORDS), nextOffset }
    }
  } finally {
    options.memory?.giveBack()
  }
}

interface StoredBatch extends PackedBatch {
  readonly bytes: Buffer
  readonly nextOffset: bigint
  readonly isForReaders: boolean
}

function* storedBatches(options: BatchesOptions): Generator<StoredBatch> {
  const { bytes, from } = options
  const aborted = new AbortedProducers(options.abortedTransactions)
  for (let start = 0; start + RECORDS_AT <= bytes.length; ) {
    const end = endOfBatch(bytes, start)
    if (end > bytes.length) return
    const batch = bytes.subarray(start, end)
    start = end
    checkVersion(batch, options)
    const nextOffset = nextOffsetOf(batch, 0)
    if (nextOffset <= from) continue
    const isForReaders = aborted.pass(batch, nextOffset)
    const compression = isForReaders ? batch.readInt16BE(ATTRIBUTES_AT) & COMPRESSION : UNCOMPRESSED
    yield { bytes: batch, nextOffset, isForReaders, compression, packed: batch.subarray(RECORDS_AT) }
  }
}

const NO_RECORDS: DecodedRecords = { records: [], memory: undefined }

/** What comes after the last whole batch; undefined without one. */
export function storedEnd(bytes: Buffer): bigint | undefined {
  let storedEnd: bigint | undefined
  for (let start = 0; start + RECORDS_AT <= bytes.length; ) {
    const end = endOfBatch(bytes, start)
    if (end > bytes.length) break
    storedEnd = nextOffsetOf(bytes, start)
    start = end
  }
  return storedEnd
}

function endOfBatch(bytes: Buffer, start: number): number {
  return start + LENGTH_AT + 4 + bytes.readInt32BE(start + LENGTH_AT)
}

function nextOffsetOf(bytes: Buffer, start: number): bigint {
  return bytes.readBigInt64BE(start) + BigInt(bytes.readInt32BE(start + LAST_OFFSET_DELTA_AT)) + 1n
}

/** Follows which producers' transactions are aborted at the place that is read. */
class AbortedProducers {
  readonly #ahead: AbortedTransaction[]
  readonly #open = new Set<bigint>()

  constructor(transactions: readonly AbortedTransaction[]) {
    this.#ahead = transactions.toSorted((left, right) => (left.firstOffset < right.firstOffset ? -1 : 1))
  }

  /** Whether the records of the batch are for readers. */
  pass(batch: Buffer, nextOffset: bigint): boolean {
    for (
      let next = this.#ahead[0];
      next !== undefined && next.firstOffset < nextOffset;
      next = this.#ahead[0]
    ) {
      this.#open.add(next.producerId)
      this.#ahead.shift()
    }
    const attributes = batch.readInt16BE(ATTRIBUTES_AT)
    if ((attributes & TRANSACTIONAL) === 0) return (attributes & CONTROL) === 0
    const producerId = batch.readBigInt64BE(PRODUCER_ID_AT)
    if ((attributes & CONTROL) === 0) return !this.#open.has(producerId)
    if (isAbort(batch)) this.#open.delete(producerId)
    return false
  }
}

/** A marker that compaction has emptied stands for a transaction of which nothing is left. */
function isAbort(batch: Buffer): boolean {
  if (batch.readInt32BE(COUNT_AT) === 0) return true
  const cursor = new RecordCursor(batch, RECORDS_AT)
  cursor.recordEnd()
  cursor.deltas()
  return cursor.bytes()?.readInt16BE(CONTROL_TYPE_AT) === ABORT
}

function checkVersion(batch: Buffer, { topic, partition }: BatchesOptions): void {
  const version = batch.readInt8(VERSION_AT)
  if (version === VERSION) return
  throw new LogCorruptError(`${topic}/${partition}: a batch of version ${version} instead of ${VERSION}`)
}

function recordsOf(unpacked: Unpacked<StoredBatch>, options: BatchesOptions): DecodedRecords {
  const { topic, partition, from } = options
  const { bytes: batch, compression } = unpacked.batch
  const firstOffset = batch.readBigInt64BE(0)
  const firstTimestamp = Number(batch.readBigInt64BE(FIRST_TIMESTAMP_AT))
  const isAppendTime = (batch.readInt16BE(ATTRIBUTES_AT) & LOG_APPEND_TIME) !== 0
  const appendTimestamp = isAppendTime ? Number(batch.readBigInt64BE(NEWEST_TIMESTAMP_AT)) : undefined
  const { bytes } = unpacked
  const source = { topic, partition, bytes }
  const cursor = new RecordCursor(bytes, 0)
  const records: KafkaRecord[] = []
  for (let left = batch.readInt32BE(COUNT_AT); left > 0; left--) {
    const end = cursor.recordEnd()
    const { timestampDelta, offsetDelta } = cursor.deltas()
    const offset = firstOffset + BigInt(offsetDelta)
    const timestampMs = appendTimestamp ?? firstTimestamp + timestampDelta
    if (offset >= from) records.push(new KafkaRecord(source, offset, timestampMs, cursor.at, end))
    cursor.moveTo(end)
  }
  return { records, memory: compression === UNCOMPRESSED ? lent(options.memory) : unpacked.memory }
}

function lent(memory: undefined | LentMemory): undefined | LentMemory {
  memory?.lend()
  return memory
}
