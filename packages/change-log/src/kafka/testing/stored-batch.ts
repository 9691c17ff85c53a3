import { zstdCompressSync } from 'node:zlib'

const HEAD_BYTES = 61
export const TRANSACTIONAL = 0x10
export const CONTROL = 0x20
const ZSTD = 4

export interface BatchParts {
  readonly firstOffset: bigint
  readonly records: readonly Buffer[]
  readonly attributes?: number
  readonly producerId?: bigint
  /** Of the last record that was ever in the batch. */
  readonly lastOffsetDelta?: number
  readonly version?: number
  readonly isCompressed?: boolean
}

/** A batch of records, version 2, as a broker stores it and answers with it. */
export function storedBatch({
  firstOffset,
  records,
  attributes = 0,
  producerId = -1n,
  lastOffsetDelta = records.length - 1,
  version = 2,
  isCompressed = false,
}: BatchParts): Buffer {
  const body = isCompressed ? zstdCompressSync(Buffer.concat(records)) : Buffer.concat(records)
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeBigInt64BE(firstOffset, 0)
  head.writeInt32BE(HEAD_BYTES - 12 + body.length, 8)
  head.writeInt8(version, 16)
  head.writeInt16BE(attributes | (isCompressed ? ZSTD : 0), 21)
  head.writeInt32BE(lastOffsetDelta, 23)
  head.writeBigInt64BE(1_000n, 27)
  head.writeBigInt64BE(2_000n, 35)
  head.writeBigInt64BE(producerId, 43)
  head.writeInt32BE(records.length, 57)
  return Buffer.concat([head, body])
}

export function storedRecord(offsetDelta: number, text: string, timestampDelta = 0): Buffer {
  const key = Buffer.from('k')
  const value = Buffer.from(text)
  const parts = [Buffer.of(0), varint(timestampDelta), varint(offsetDelta)]
  const body = Buffer.concat([...parts, varint(key.length), key, varint(value.length), value, varint(0)])
  return Buffer.concat([varint(body.length), body])
}

/** The one record of a batch that ends a transaction. */
export function marker(isCommit: boolean): Buffer {
  const key = Buffer.of(0, 0, 0, isCommit ? 1 : 0)
  const body = Buffer.concat([
    Buffer.of(0),
    varint(0),
    varint(0),
    varint(key.length),
    key,
    varint(-1),
    varint(0),
  ])
  return Buffer.concat([varint(body.length), body])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Buffer.of(...bytes, rest)
}
