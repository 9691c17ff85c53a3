import { zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { compressZstd, decompressZstd, zstdContentBytes } from './zstd.ts'

/** Around every boundary of the header's sizes, and of what is done in a thread. */
const SIZES = [0, 1, 63, 64, 255, 256, 257, 65_535, 65_791, 65_792, 65_793, 1_000_000, 20_000_000]

describe('zstd', () => {
  it.each(SIZES)(
    'gives %d bytes back, whether they compress or not, and says how many there are',
    async (size) => {
      for (const content of [Buffer.alloc(size, 'a'), noise(size)]) {
        const packed = await compressZstd(content)
        expect(zstdContentBytes(packed)).toBe(size)
        expect((await decompressZstd(packed, zstdContentBytes(packed))).equals(content)).toBe(true)
      }
    },
  )

  it('reads frames that do not say how large they are', async () => {
    // As programs write them that compress bit by bit.
    const content = noise(300_000)
    const packed = withoutContentSize(zstdCompressSync(content))
    expect(zstdContentBytes(packed)).toBeUndefined()
    expect((await decompressZstd(packed, undefined)).equals(content)).toBe(true)
  })

  it('rejects what is no frame', async () => {
    await expect(async () => decompressZstd(Buffer.from('no frame'), undefined)).rejects.toThrow()
    await expect(async () => decompressZstd(Buffer.alloc(100_000, 'x'), undefined)).rejects.toThrow()
  })
})

/** The same every time, and nothing that compresses. */
function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  let state = 1
  for (let index = 0; index < size; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[index] = state >>> 16
  }
  return bytes
}

/** A frame of a single segment whose size takes 4 bytes, as one with a window of 1 MiB. */
function withoutContentSize(frame: Buffer): Buffer {
  expect(frame[4]).toBe(0xa0)
  return Buffer.concat([frame.subarray(0, 4), Buffer.from([0x00, 0x50]), frame.subarray(9)])
}
