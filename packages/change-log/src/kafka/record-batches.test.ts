import { expect, test } from 'vitest'
import { LogCorruptError } from '../errors.ts'
import { type BatchesOptions, type DecodedBatch, recordBatches, storedEnd } from './record-batches.ts'
import { CONTROL, marker, storedBatch, storedRecord, TRANSACTIONAL } from './testing/stored-batch.ts'

async function decoded(
  bytes: Buffer,
  options: Partial<BatchesOptions> = {},
): Promise<readonly DecodedBatch[]> {
  return Array.fromAsync(
    recordBatches({
      topic: 't',
      partition: 0,
      from: 0n,
      bytes,
      memory: undefined,
      abortedTransactions: [],
      ...options,
    }),
  )
}

function textsOf(batches: readonly DecodedBatch[]): readonly string[] {
  return batches.flatMap(({ records }) => records.map(({ value }) => Buffer.from(value ?? []).toString()))
}

test('a batch that is cut off ends the reading, and what came before it is kept', async () => {
  const whole = storedBatch({ firstOffset: 5n, records: [storedRecord(0, 'five')] })
  const next = storedBatch({ firstOffset: 6n, records: [storedRecord(0, 'six')] })
  for (let bytes = 0; bytes < next.length; bytes++) {
    const stored = Buffer.concat([whole, next.subarray(0, bytes)])
    expect(textsOf(await decoded(stored))).toEqual(['five'])
    expect(storedEnd(stored)).toBe(6n)
  }
  expect(storedEnd(whole.subarray(0, whole.length - 1))).toBeUndefined()
})

test('a batch that compaction has emptied is moved over', async () => {
  const emptied = storedBatch({ firstOffset: 3n, records: [], lastOffsetDelta: 6 })
  expect(await decoded(emptied)).toEqual([{ records: [], nextOffset: 10n }])
})

test('records before the offset that was asked for are left out', async () => {
  const three = storedBatch({
    firstOffset: 10n,
    records: [storedRecord(0, 'a'), storedRecord(1, 'b'), storedRecord(2, 'c')],
  })
  expect(textsOf(await decoded(three, { from: 11n }))).toEqual(['b', 'c'])
  expect(await decoded(three, { from: 13n })).toEqual([])
})

test('times beyond 32 bits are read, before and after that of the batch', async () => {
  const bytes = storedBatch({
    firstOffset: 0n,
    records: [storedRecord(0, 'a', 1.7e12), storedRecord(1, 'b', -900)],
  })
  const [{ records } = { records: [] }] = await decoded(bytes)
  expect(records.map(({ timestampMs }) => timestampMs)).toEqual([1.7e12 + 1_000, 100])
})

test('records of aborted transactions are left out, up to their marker', async () => {
  const attributes = TRANSACTIONAL
  const control = TRANSACTIONAL | CONTROL
  const bytes = Buffer.concat([
    storedBatch({ firstOffset: 0n, records: [storedRecord(0, 'aborted')], attributes, producerId: 7n }),
    storedBatch({ firstOffset: 1n, records: [storedRecord(0, 'of another')], attributes, producerId: 8n }),
    storedBatch({ firstOffset: 2n, records: [storedRecord(0, 'of none')] }),
    storedBatch({ firstOffset: 3n, records: [marker(false)], attributes: control, producerId: 7n }),
    storedBatch({ firstOffset: 4n, records: [storedRecord(0, 'of its next')], attributes, producerId: 7n }),
    storedBatch({ firstOffset: 5n, records: [marker(true)], attributes: control, producerId: 7n }),
  ])
  const batches = await decoded(bytes, { abortedTransactions: [{ producerId: 7n, firstOffset: 0n }] })
  expect(textsOf(batches)).toEqual(['of another', 'of none', 'of its next'])
  expect(batches.at(-1)?.nextOffset).toBe(6n)
})

test('a compression or a version that is not known is an error, not a wrong record', async () => {
  const snappy = storedBatch({ firstOffset: 0n, records: [storedRecord(0, 'a')], attributes: 2 })
  await expect(decoded(snappy)).rejects.toThrow(/codec 2/)
  const old = storedBatch({ firstOffset: 0n, records: [storedRecord(0, 'a')], version: 1 })
  await expect(decoded(old)).rejects.toThrow(LogCorruptError)
})
