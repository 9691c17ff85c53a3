import { expect, test } from 'vitest'
import { LogCorruptError } from '../errors.ts'
import { type BatchesOptions, type DecodedBatch, recordBatches, storedEnd } from './record-batches.ts'

const HEAD_BYTES = 61
const TRANSACTIONAL = 0x10
const CONTROL = 0x20

interface BatchParts {
  readonly firstOffset: bigint
  readonly records: readonly Buffer[]
  readonly attributes?: number
  readonly producerId?: bigint
  /** Of the last record that was ever in the batch. */
  readonly lastOffsetDelta?: number
  readonly version?: number
}

function batch({
  firstOffset,
  records,
  attributes = 0,
  producerId = -1n,
  lastOffsetDelta = records.length - 1,
  version = 2,
}: BatchParts): Buffer {
  const body = Buffer.concat(records)
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeBigInt64BE(firstOffset, 0)
  head.writeInt32BE(HEAD_BYTES - 12 + body.length, 8)
  head.writeInt8(version, 16)
  head.writeInt16BE(attributes, 21)
  head.writeInt32BE(lastOffsetDelta, 23)
  head.writeBigInt64BE(1_000n, 27)
  head.writeBigInt64BE(2_000n, 35)
  head.writeBigInt64BE(producerId, 43)
  head.writeInt32BE(records.length, 57)
  return Buffer.concat([head, body])
}

function record(offsetDelta: number, text: string, timestampDelta = 0): Buffer {
  const key = Buffer.from('k')
  const value = Buffer.from(text)
  const parts = [Buffer.of(0), varint(timestampDelta), varint(offsetDelta)]
  const body = Buffer.concat([...parts, varint(key.length), key, varint(value.length), value, varint(0)])
  return Buffer.concat([varint(body.length), body])
}

function marker(isCommit: boolean): Buffer {
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

async function decoded(
  bytes: Buffer,
  options: Partial<BatchesOptions> = {},
): Promise<readonly DecodedBatch[]> {
  return Array.fromAsync(
    recordBatches({ topic: 't', partition: 0, from: 0n, bytes, abortedTransactions: [], ...options }),
  )
}

function textsOf(batches: readonly DecodedBatch[]): readonly string[] {
  return batches.flatMap(({ records }) => records.map(({ value }) => Buffer.from(value ?? []).toString()))
}

test('a batch that is cut off ends the reading, and what came before it is kept', async () => {
  const whole = batch({ firstOffset: 5n, records: [record(0, 'five')] })
  const next = batch({ firstOffset: 6n, records: [record(0, 'six')] })
  for (let bytes = 0; bytes < next.length; bytes++) {
    const stored = Buffer.concat([whole, next.subarray(0, bytes)])
    expect(textsOf(await decoded(stored))).toEqual(['five'])
    expect(storedEnd(stored)).toBe(6n)
  }
  expect(storedEnd(whole.subarray(0, whole.length - 1))).toBeUndefined()
})

test('a batch that compaction has emptied is moved over', async () => {
  const emptied = batch({ firstOffset: 3n, records: [], lastOffsetDelta: 6 })
  expect(await decoded(emptied)).toEqual([{ records: [], nextOffset: 10n }])
})

test('records before the offset that was asked for are left out', async () => {
  const three = batch({ firstOffset: 10n, records: [record(0, 'a'), record(1, 'b'), record(2, 'c')] })
  expect(textsOf(await decoded(three, { from: 11n }))).toEqual(['b', 'c'])
  expect(await decoded(three, { from: 13n })).toEqual([])
})

test('times beyond 32 bits are read, before and after that of the batch', async () => {
  const bytes = batch({ firstOffset: 0n, records: [record(0, 'a', 1.7e12), record(1, 'b', -900)] })
  const [{ records } = { records: [] }] = await decoded(bytes)
  expect(records.map(({ timestampMs }) => timestampMs)).toEqual([1.7e12 + 1_000, 100])
})

test('records of aborted transactions are left out, up to their marker', async () => {
  const attributes = TRANSACTIONAL
  const control = TRANSACTIONAL | CONTROL
  const bytes = Buffer.concat([
    batch({ firstOffset: 0n, records: [record(0, 'aborted')], attributes, producerId: 7n }),
    batch({ firstOffset: 1n, records: [record(0, 'of another')], attributes, producerId: 8n }),
    batch({ firstOffset: 2n, records: [record(0, 'of none')] }),
    batch({ firstOffset: 3n, records: [marker(false)], attributes: control, producerId: 7n }),
    batch({ firstOffset: 4n, records: [record(0, 'of its next')], attributes, producerId: 7n }),
    batch({ firstOffset: 5n, records: [marker(true)], attributes: control, producerId: 7n }),
  ])
  const batches = await decoded(bytes, { abortedTransactions: [{ producerId: 7n, firstOffset: 0n }] })
  expect(textsOf(batches)).toEqual(['of another', 'of none', 'of its next'])
  expect(batches.at(-1)?.nextOffset).toBe(6n)
})

test('a compression or a version that is not known is an error, not a wrong record', async () => {
  const snappy = batch({ firstOffset: 0n, records: [record(0, 'a')], attributes: 2 })
  await expect(decoded(snappy)).rejects.toThrow(/codec 2/)
  const old = batch({ firstOffset: 0n, records: [record(0, 'a')], version: 1 })
  await expect(decoded(old)).rejects.toThrow(LogCorruptError)
})
