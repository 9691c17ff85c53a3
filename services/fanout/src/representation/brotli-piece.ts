import { brotliCompressSync, constants } from 'node:zlib'

/**
 * The quick levels are the only ones whose meta-blocks say the same wherever they stand: they use neither Brotli's own
 * dictionary, which is reached by the distance from the beginning, nor distances and contexts of what stands before.
 */
const QUALITY = 1
/** The least that this level takes. */
const WINDOW_BITS = 18
const OPTIONS = {
  params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS },
}
/** How many bits of a stream's head stand before the first meta-block (RFC 7932, section 9.1). */
const HEAD_BITS = 4
/** A length in four nibbles; the encoder makes one meta-block of it. */
const META_BLOCK_BYTES_MAX = 2 ** 16
/** After the head: whether it is the last, the number of nibbles, the nibbles. Then whether it is uncompressed (section 9.2). */
const UNCOMPRESSED_BIT = HEAD_BITS + 1 + 2 + 16
const STORED_HEAD_BYTES = 3
const STORED = 1 << 19
/** Not the last, of the length zero, nothing to be skipped; what follows begins with the next byte. */
const EMPTY_META_BLOCK_BITS = 6

/** A stream's head with this window, and an empty meta-block that ends its byte. */
export const BROTLI_HEAD = Uint8Array.of(0x63, 0)
/** The last meta-block, empty. */
export const BROTLI_END = Uint8Array.of(3)

/** Bytes as meta-blocks that refer to nothing before them and end on a byte: they may stand anywhere in a stream with this head. */
export function brotliPiece(bytes: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = []
  for (let start = 0; start < bytes.length; start += META_BLOCK_BYTES_MAX) {
    blocks.push(metaBlocks(bytes.subarray(start, start + META_BLOCK_BYTES_MAX)))
  }
  return blocks.length === 1 && blocks[0] !== undefined ? blocks[0] : Buffer.concat(blocks)
}

function metaBlocks(bytes: Uint8Array): Uint8Array {
  const stream = brotliCompressSync(bytes, OPTIONS)
  return isSet(stream, UNCOMPRESSED_BIT) ? storedBlock(bytes) : withoutHead(stream)
}

/** Made anew, as the bytes of an uncompressed one begin on a byte of the stream that they were made in. */
function storedBlock(bytes: Uint8Array): Uint8Array {
  const block = Buffer.allocUnsafe(STORED_HEAD_BYTES + bytes.length)
  block.writeUIntLE(STORED | ((bytes.length - 1) << 3), 0, STORED_HEAD_BYTES)
  block.set(bytes, STORED_HEAD_BYTES)
  return block
}

/** The compressed meta-block of a stream, moved to where its head was, and an empty one instead of the last. */
function withoutHead(stream: Uint8Array): Uint8Array {
  // The last meta-block is two bits that are set, and nothing follows but the rest of the byte.
  const last = stream.length * 8 - 1 - Math.clz32((stream.at(-1) ?? 0) << 24)
  const end = last - 1 - HEAD_BITS
  const block = Buffer.alloc(Math.ceil((end + EMPTY_META_BLOCK_BITS) / 8))
  for (let at = 0; at < block.length; at++) {
    block[at] = ((stream[at] ?? 0) >> HEAD_BITS) | ((stream[at + 1] ?? 0) << (8 - HEAD_BITS))
  }
  toggle(block, end)
  toggle(block, end + 2)
  return block
}

function isSet(bytes: Uint8Array, bit: number): boolean {
  return (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1
}

function toggle(bytes: Buffer, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
}
