import { zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type PackedBatch, type Unpacked, unpackedBatches } from './unpacked-batches.ts'

const NONE = 0
const ZSTD = 4

function zstd(text: string): PackedBatch {
  return { compression: ZSTD, packed: zstdCompressSync(text, { pledgedSrcSize: text.length }) }
}

function plain(text: string): PackedBatch {
  return { compression: NONE, packed: Buffer.from(text) }
}

function textOf({ bytes }: Unpacked<PackedBatch>): string {
  return bytes.toString()
}

describe('batches of records', () => {
  it('come in their order and each with its own content, whether they are compressed or not', async () => {
    const large = 'l'.repeat(70_000)
    const withoutSize = { compression: ZSTD, packed: zstdCompressSync('size is not said') }
    const batches = [zstd('one'), plain('two'), zstd(''), zstd(large), withoutSize, zstd('six')]
    const unpacked = await Array.fromAsync(unpackedBatches(batches))
    expect(unpacked.map(textOf)).toEqual(['one', 'two', '', large, 'size is not said', 'six'])
    expect(unpacked.map(({ batch }) => batch)).toEqual(batches)
  })

  it('are unpacked together while they are small', async () => {
    const together = await Array.fromAsync(
      unpackedBatches(Array.from({ length: 40 }, () => zstd('x'.repeat(20_000)))),
    )
    expect(new Set(together.map(({ memory }) => memory)).size).toBe(1)
    const large = await Array.fromAsync(
      unpackedBatches(Array.from({ length: 4 }, () => zstd('x'.repeat(600_000)))),
    )
    expect(new Set(large.map(({ memory }) => memory)).size).toBe(4)
  })

  it('are read up to one that is damaged, which is an error', async () => {
    const damaged = zstd('damaged'.repeat(1_000))
    damaged.packed.fill(0xff, 10)
    for (const broken of [damaged, { ...damaged, packed: damaged.packed.subarray(0, 12) }]) {
      const texts: string[] = []
      const reading = async () => {
        for await (const unpacked of unpackedBatches([zstd('one'), zstd('two'), broken, zstd('four')])) {
          texts.push(textOf(unpacked))
        }
      }
      await expect(reading()).rejects.toThrow()
      expect(texts).toEqual(['one', 'two'])
    }
  })
})
