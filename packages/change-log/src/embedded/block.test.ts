import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NewRecord } from '../change-log.ts'
import {
  BLOCK_HEAD_BYTES,
  decodeRecords,
  frameBytes,
  framesOf,
  isIntact,
  packFrames,
  sealBlock,
  writeFrame,
} from './block.ts'

const ALL = { fromOffset: 0, recordsMax: Number.POSITIVE_INFINITY, bytesMax: Number.POSITIVE_INFINITY }

const bytes = fc.uint8Array({ maxLength: 200 })
const newRecord = fc.record({
  topic: fc.constant('edits'),
  key: fc.string({ unit: 'binary', maxLength: 20 }),
  headers: fc.dictionary(fc.stringMatching(/^[a-zé]{1,9}$/), bytes, { maxKeys: 4, noNullPrototype: true }),
  value: fc.option(bytes, { nil: null }),
})

describe('a block', () => {
  test('gives back the records that were written into it', () => {
    fc.assert(
      fc.property(fc.array(newRecord, { maxLength: 10 }), fc.nat(), (records, base) => {
        const { records: found, left } = decodeRecords(blockOf(records, base), 'edits', 4, ALL)
        const expected = records.map(({ key, headers, value }, index) => ({
          place: `4/${base + index}`,
          timestampMs: 1000 + index,
          key,
          headers: Object.entries(headers).map(([name, header]) => [name, [...header]]),
          value: value === null ? null : [...value],
        }))
        const actual = found.map(({ partition, offset, timestampMs, key, headers, value }) => ({
          place: `${partition}/${offset}`,
          timestampMs,
          key,
          headers: Object.entries(headers).map(([name, header]) => [name, [...header]]),
          value: value === null ? null : [...value],
        }))
        expect(actual).toEqual(expected)
        expect(left).toBeUndefined()
      }),
    )
  })

  test('is decoded without copying a value or header', () => {
    const block = blockOf([textRecord('a', 'one'), textRecord('b', 'two')], 0)
    for (const { value, headers } of decodeRecords(block, 'edits', 0, ALL).records) {
      expect(value?.buffer).toBe(block.buffer)
      expect(headers.note?.buffer).toBe(block.buffer)
    }
  })

  test('is decoded from an offset on, and says where the limits ended it', () => {
    const block = blockOf(
      Array.from({ length: 10 }, (_, index) => textRecord('a', `${index}`)),
      100,
    )
    const limited = decodeRecords(block, 'edits', 0, { ...ALL, fromOffset: 103, recordsMax: 4 })
    expect(limited.records.map(({ offset }) => offset)).toEqual([103n, 104n, 105n, 106n])
    expect(limited.left).toBe(107)
    const small = decodeRecords(block, 'edits', 0, { ...ALL, fromOffset: 109, bytesMax: 1 })
    expect(small.records.map(({ offset }) => offset)).toEqual([109n])
    expect(small.left).toBeUndefined()
  })

  test('knows when any bit of it has changed', () => {
    const block = blockOf([textRecord('a', 'one'), textRecord('b', 'two')], 0)
    expect(isIntact(block)).toBe(true)
    fc.assert(
      fc.property(fc.nat({ max: block.length * 8 - 1 }), (bit) => {
        const damaged = Uint8Array.from(block)
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(isIntact(damaged)).toBe(false)
      }),
    )
    expect(isIntact(block.subarray(0, 3))).toBe(false)
    expect(isIntact(block.subarray(0, block.length - 1))).toBe(false)
  })

  test('can be packed again from some of its frames, which keep their offsets', () => {
    const block = blockOf(
      [textRecord('a', '1'), { ...textRecord('b', ''), value: null }, textRecord('c', '3')],
      7,
    )
    const frames = [...framesOf(block)]
    expect(frames.map(({ key, offset, isTombstone }) => [key, offset, isTombstone])).toEqual([
      ['a', 7, false],
      ['b', 8, true],
      ['c', 9, false],
    ])
    const packed = packFrames(frames.filter(({ isTombstone }) => !isTombstone).map((frame) => frame.bytes))
    expect(isIntact(packed)).toBe(true)
    const { records } = decodeRecords(packed, 'edits', 0, ALL)
    expect(records.map(({ key, offset }) => [key, offset])).toEqual([
      ['a', 7n],
      ['c', 9n],
    ])
  })
})

function textRecord(key: string, text: string): NewRecord {
  return { topic: 'edits', key, headers: { note: Buffer.from('n') }, value: Buffer.from(text) }
}

function blockOf(records: readonly NewRecord[], base: number): Uint8Array {
  const length = records.reduce((sum, record) => sum + frameBytes(record), BLOCK_HEAD_BYTES)
  const block = Buffer.alloc(length)
  let at = BLOCK_HEAD_BYTES
  for (const [index, record] of records.entries()) {
    at = writeFrame(block, at, record, base + index, 1000 + index)
  }
  expect(at).toBe(length)
  sealBlock(block)
  return block
}
