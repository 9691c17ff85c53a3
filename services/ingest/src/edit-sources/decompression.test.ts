import { execFileSync } from 'node:child_process'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bunzip2 } from './bunzip2.ts'
import { DamagedInputError } from './edit-source-error.ts'
import { ONE_STREAM, TWO_STREAMS } from './fixtures/bzip2.ts'
import { gunzip } from './gunzip.ts'

describe('gunzip', () => {
  it('gives back what was compressed, however the chunks fall', async () => {
    const part = fc.uint8Array({ maxLength: 5_000 })
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 3 }), fc.nat(400), async (members, size) => {
        const compressed = Buffer.concat(members.map((member) => gzipSync(member)))
        const { bytes, error } = await drain(gunzip(slices(compressed, size + 1)))
        expect(error).toBeUndefined()
        expect(bytes).toEqual(Buffer.concat(members))
      }),
      { numRuns: 50 },
    )
  })

  it('gives what is whole of a truncated file before it says so', async () => {
    const lines = Buffer.from(Array.from({ length: 50_000 }, (_, index) => `line ${index * 7919}\n`).join(''))
    const compressed = gzipSync(lines)
    const { bytes, error } = await drain(
      gunzip(slices(compressed.subarray(0, compressed.length / 2), 10_000)),
    )
    expect(error).toBeInstanceOf(DamagedInputError)
    expect(bytes.length).toBeGreaterThan(lines.length / 3)
    expect(lines.subarray(0, bytes.length).equals(bytes)).toBe(true)
  })

  it('says so when bytes in the middle are damaged', async () => {
    const compressed = gzipSync(Buffer.from('x'.repeat(100_000)))
    compressed.fill(0xff, 30, 60)
    expect((await drain(gunzip(slices(compressed, 50)))).error).toBeInstanceOf(DamagedInputError)
  })
})

describe('bunzip2', () => {
  it.for([1, 7, 100_000])('reads several streams in a row, in chunks of %i bytes', async (size) => {
    const { bytes, error } = await drain(bunzip2(slices(TWO_STREAMS, size)))
    expect(error).toBeUndefined()
    expect(bytes.toString()).toBe('The first stream.\nThe second stream.\n')
  })

  it('says so when the file is truncated, between blocks as well', async () => {
    for (let length = 1; length < ONE_STREAM.length; length += 1) {
      const { error } = await drain(bunzip2(slices(ONE_STREAM.subarray(0, length), 10)))
      expect(error).toBeInstanceOf(DamagedInputError)
    }
  })

  it('says so when a byte is damaged', async () => {
    const damaged = Buffer.from(ONE_STREAM)
    damaged[20] = (damaged[20] ?? 0) ^ 0x10
    expect((await drain(bunzip2(slices(damaged, 10)))).error).toBeInstanceOf(DamagedInputError)
  })

  it.skipIf(!hasBzip2())('reads blocks whose runs write out to more than their nominal size', async () => {
    const original = Buffer.concat([Buffer.alloc(20_000_000, 'a'), Buffer.from('end')])
    const { bytes } = await drain(bunzip2(slices(execFileSync('bzip2', { input: original }), 1_000)))
    expect(bytes.equals(original)).toBe(true)
  })
})

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<{ bytes: Buffer; error: unknown }> {
  const taken: Uint8Array[] = []
  try {
    for await (const chunk of chunks) taken.push(chunk)
    return { bytes: Buffer.concat(taken), error: undefined }
  } catch (error) {
    return { bytes: Buffer.concat(taken), error }
  }
}

async function* slices(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function hasBzip2(): boolean {
  try {
    execFileSync('bzip2', { input: '' })
    return true
  } catch {
    return false
  }
}
