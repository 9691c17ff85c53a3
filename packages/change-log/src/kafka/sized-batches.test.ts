import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../change-log.ts'
import { LentMemory } from './lent-memory.ts'
import { type SizedBatch, sizedBatches } from './sized-batches.ts'
import { type BatchParts, storedBatch, storedRecord } from './testing/stored-batch.ts'

const RECORDS = 100
const RECORD_BYTES = 3_000
const TEXTS = Array.from({ length: 2 * RECORDS }, (_, index) => `${index}`.padEnd(RECORD_BYTES, '.'))
const LIMITS = { recordsMax: 30, bytesMax: 1_000_000 }

/** Two batches, in memory of their own, as a broker answers with them. */
function answer(options: Partial<BatchParts>): Buffer {
  const batches = [0, RECORDS].map((start) => {
    const records = TEXTS.slice(start, start + RECORDS).map((text, index) => storedRecord(index, text))
    return storedBatch({ firstOffset: BigInt(start), records, ...options })
  })
  return Buffer.from(Uint8Array.from(Buffer.concat(batches)).buffer)
}

function batchesOf(bytes: Buffer, memory: undefined | LentMemory): Promise<readonly SizedBatch[]> {
  const stored = { topic: 't', partition: 0, from: 0n, bytes, memory, abortedTransactions: [] }
  return Array.fromAsync(sizedBatches(stored, () => LIMITS))
}

function textsOf(batches: readonly SizedBatch[]): readonly string[] {
  return batches.flatMap(({ records }) => records.map(({ value }) => Buffer.from(value ?? []).toString()))
}

function memoryOf(record: undefined | LogRecord): ArrayBufferLike {
  const value = record?.value
  if (value === null || value === undefined) throw new Error('a record without a value')
  return value.buffer
}

describe('the memory of batches', () => {
  it('is freed when those with records of it were given back, and not before', async () => {
    for (const isCompressed of [true, false]) {
      const bytes = answer({ isCompressed })
      const batches = await batchesOf(bytes, new LentMemory(bytes))
      const memories = new Set(batches.flatMap(({ records }) => records.map(memoryOf)))
      expect(memories.size).toBe(1)
      expect(bytes.length === 0).toBe(isCompressed)
      for (const [index, { giveBack }] of batches.entries()) {
        expect(textsOf(batches.slice(index))).toEqual(TEXTS.slice(index * LIMITS.recordsMax))
        giveBack()
      }
      for (const memory of memories) expect(memory.byteLength).toBe(0)
    }
  })

  it('stays while the answer is still read, whoever gives a batch back', async () => {
    const bytes = answer({})
    const stored = { topic: 't', partition: 0, from: 0n, bytes, memory: new LentMemory(bytes) }
    const texts: string[] = []
    for await (const batch of sizedBatches({ ...stored, abortedTransactions: [] }, () => LIMITS)) {
      texts.push(...textsOf([batch]))
      batch.giveBack()
    }
    expect(texts).toEqual(TEXTS)
    expect(bytes.length).toBe(0)
  })

  it('stays where others look at it', async () => {
    const bytes = answer({})
    for (const { giveBack } of await batchesOf(bytes, undefined)) giveBack()
    expect(textsOf(await batchesOf(bytes, undefined))).toEqual(TEXTS)
  })

  it('stays where it is part of what Node hands out to others', () => {
    const small = Buffer.from('small')
    new LentMemory(small).giveBack()
    expect(small.toString()).toBe('small')
  })
})
