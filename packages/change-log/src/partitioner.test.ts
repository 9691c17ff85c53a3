import { describe, expect, test } from 'vitest'
import { murmur2, partitionFor } from './partitioner.ts'

describe('the partitioner', () => {
  // The vectors of Kafka's own UtilsTest.testMurmur2.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash)
  })

  test('takes the lower 31 bits, so that a negative hash has a partition too', () => {
    expect(partitionFor('21', 10)).toBe((-973932308 & 0x7fffffff) % 10)
    expect(partitionFor('abc', 10)).toBe(7)
  })

  test('hashes the UTF-8 bytes of a key', () => {
    expect(partitionFor('ελwiki:7', 1000)).toBe(
      (murmur2(new TextEncoder().encode('ελwiki:7')) & 0x7fffffff) % 1000,
    )
  })
})
