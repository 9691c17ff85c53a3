import { brotliDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BROTLI_END, BROTLI_HEAD, brotliPiece } from './brotli-piece.ts'

const META_BLOCK_BYTES = 2 ** 16
const words = fc.constantFrom('the ', 'text', '== Head ==\n', '"id":', '12', 'é', '𝄞', 'Wikipedia', '  ')
/** What compresses, what does not, and what is too short to. */
const bytes = fc.oneof(
  fc.array(words, { maxLength: 400 }).map((list) => Buffer.from(list.join(''))),
  fc.uint8Array({ maxLength: 600 }).map((array) => Buffer.from(array)),
  fc.array(fc.constantFrom(97, 98, 99), { maxLength: 900 }).map((list) => Buffer.from(list)),
)

function decompressed(pieces: readonly Uint8Array[]): Buffer {
  return brotliDecompressSync(Buffer.concat([BROTLI_HEAD, ...pieces, BROTLI_END]))
}

describe('brotliPiece', () => {
  it('stands anywhere in a stream, after whatever other pieces', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 12 }), (sources) => {
        const pieces = sources.map(brotliPiece)
        expect(decompressed(pieces)).toEqual(Buffer.concat(sources))
        expect(decompressed(pieces.toReversed())).toEqual(Buffer.concat(sources.toReversed()))
      }),
      { numRuns: 500 },
    )
  })

  it.each([1, META_BLOCK_BYTES - 1, META_BLOCK_BYTES, META_BLOCK_BYTES + 1, 5 * META_BLOCK_BYTES])(
    'holds %i bytes, twice in a stream',
    (length) => {
      const text = Buffer.alloc(length, 'a line of text that comes again\n')
      const noise = Buffer.from(
        Uint32Array.from({ length: Math.ceil(length / 4) }, (_, n) => Math.imul(n ** 3, 0x9e3779b1)).buffer,
      )
      for (const source of [text, noise.subarray(0, length)]) {
        const piece = brotliPiece(source)
        expect(decompressed([piece, piece])).toEqual(Buffer.concat([source, source]))
      }
    },
  )

  it('is much smaller than a text that repeats itself', () => {
    const text = Buffer.alloc(META_BLOCK_BYTES, 'a line of text that comes again\n')
    expect(brotliPiece(text).length).toBeLessThan(text.length / 100)
  })
})
