import { crc32 } from 'node:zlib'
import type { LogRecord, NewRecord } from '../change-log.ts'
import { BlockRecord, FRAME_HEAD_BYTES, HEADER_HEAD_BYTES, TOMBSTONE } from './block-record.ts'

/**
 * A block: the records of one row, one after the other, behind a checksum.
 *
 *     block   u32 crc32 of all that follows · frame…
 *
 * A frame says its own offset, so frames are moved between blocks unchanged, and a block may have holes where compaction
 * removed some. `BlockRecord` says what a frame is.
 */
export const BLOCK_HEAD_BYTES = 4

/** Appends are cut into blocks of this size, and smaller neighbours are merged up to it. One record always fits. */
export const BLOCK_BYTES = 256 * 1024

/** A frame as it lies in its block. */
export interface Frame {
  readonly key: string
  readonly offset: number
  readonly timestampMs: number
  readonly isTombstone: boolean
  readonly bytes: Uint8Array
}

export function frameBytes(record: NewRecord): number {
  let bytes = FRAME_HEAD_BYTES + Buffer.byteLength(record.key) + (record.value?.byteLength ?? 0)
  for (const name in record.headers) {
    bytes += HEADER_HEAD_BYTES + Buffer.byteLength(name) + (record.headers[name]?.byteLength ?? 0)
  }
  return bytes
}

/** Writes a record's frame and returns where the next one starts. */
export function writeFrame(
  target: Buffer,
  start: number,
  record: NewRecord,
  offset: number,
  timestampMs: number,
): number {
  const names = Object.keys(record.headers)
  const keyStart = start + FRAME_HEAD_BYTES
  const keyBytes = target.write(record.key, keyStart)
  let at = keyStart + keyBytes
  for (const name of names) {
    const value = record.headers[name] ?? NO_BYTES
    const nameBytes = target.write(name, at + HEADER_HEAD_BYTES)
    target.writeUInt32LE(nameBytes, at)
    target.writeUInt32LE(value.byteLength, at + 4)
    at += HEADER_HEAD_BYTES + nameBytes
    target.set(value, at)
    at += value.byteLength
  }
  if (record.value !== null) {
    target.set(record.value, at)
    at += record.value.byteLength
  }
  target.writeUInt32LE(at - start, start)
  target.writeDoubleLE(offset, start + 4)
  target.writeDoubleLE(timestampMs, start + 12)
  target.writeUInt32LE(keyBytes, start + 20)
  target.writeUInt32LE(record.value === null ? TOMBSTONE : record.value.byteLength, start + 24)
  target.writeUInt32LE(names.length, start + 28)
  return at
}

const NO_BYTES = new Uint8Array()

/** Writes the checksum of a block whose frames are in place. */
export function sealBlock(block: Uint8Array): void {
  bufferOf(block).writeUInt32LE(crc32(block.subarray(BLOCK_HEAD_BYTES)), 0)
}

/** Whether the bytes are the ones that were sealed. */
export function isIntact(block: Uint8Array): boolean {
  if (block.byteLength < BLOCK_HEAD_BYTES) return false
  return bufferOf(block).readUInt32LE(0) === crc32(block.subarray(BLOCK_HEAD_BYTES))
}

export interface DecodeLimits {
  readonly fromOffset: number
  readonly recordsMax: number
  /** Decoding ends after the record that reaches this size. */
  readonly bytesMax: number
}

export interface DecodedRecords {
  readonly records: LogRecord[]
  /** Key, headers and value, roughly: the bytes of their frames. */
  readonly bytes: number
  /** The first offset that the limits left in the block; undefined: all of it was decoded. */
  readonly left: number | undefined
}

/** The records of an intact block. */
export function decodeRecords(
  block: Uint8Array,
  topic: string,
  partition: number,
  { fromOffset, recordsMax, bytesMax }: DecodeLimits,
): DecodedRecords {
  const buffer = bufferOf(block)
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  const source = { topic, partition, block: buffer, view }
  const records: LogRecord[] = []
  let bytes = 0
  for (let start = BLOCK_HEAD_BYTES; start < buffer.length; ) {
    const length = view.getUint32(start, true)
    const offset = view.getFloat64(start + 4, true)
    if (offset >= fromOffset) {
      if (records.length >= recordsMax || bytes >= bytesMax) return { records, bytes, left: offset }
      records.push(new BlockRecord(source, start))
      bytes += length
    }
    start += length
  }
  return { records, bytes, left: undefined }
}

/** The frames of an intact block, to be packed again with others. */
export function* framesOf(block: Uint8Array): Generator<Frame> {
  const buffer = bufferOf(block)
  for (let start = BLOCK_HEAD_BYTES; start < buffer.length; ) {
    const length = buffer.readUInt32LE(start)
    const keyStart = start + FRAME_HEAD_BYTES
    yield {
      key: buffer.toString('utf8', keyStart, keyStart + buffer.readUInt32LE(start + 20)),
      offset: buffer.readDoubleLE(start + 4),
      timestampMs: buffer.readDoubleLE(start + 12),
      isTombstone: buffer.readUInt32LE(start + 24) === TOMBSTONE,
      bytes: buffer.subarray(start, start + length),
    }
    start += length
  }
}

/** A sealed block of frames that are in order already. */
export function packFrames(frames: readonly Uint8Array[]): Uint8Array {
  const block = Buffer.concat([new Uint8Array(BLOCK_HEAD_BYTES), ...frames])
  sealBlock(block)
  return block
}

/** What a block holds behind its checksum. */
export function framesOfBlock(block: Uint8Array): Uint8Array {
  return block.subarray(BLOCK_HEAD_BYTES)
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
