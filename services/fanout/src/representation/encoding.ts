import { zstdCompressSync } from 'node:zlib'
import { Crc32Sum } from './crc32-sum.ts'
import { deflatePiece, FLUSH_TAIL } from './deflate-piece.ts'

/** How frames are compressed: as the transport and its partner have agreed. `deflate` is that of WebSocket. */
export type Encoding = 'identity' | 'deflate' | ContentEncoding

/** Of a body over HTTP. Each is made so that the same compressed piece may stand in any number of bodies. */
export const CONTENT_ENCODINGS = ['gzip', 'zstd'] as const
export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number]

/** A piece of a body, with the sum of what it holds where the body ends with the sum of all. */
export interface BodyPiece extends Uint8Array {
  readonly sum?: Crc32Sum
}

/**
 * Whole frames as a piece of a compressed body. gzip: blocks of the one deflate stream that the body is. zstd: a frame of
 * its own, which decoders read on from one to the next.
 */
export function encodePiece(encoding: ContentEncoding, frames: Uint8Array): BodyPiece {
  switch (encoding) {
    case 'gzip':
      return Object.assign(Buffer.concat([deflatePiece(frames), FLUSH_TAIL]), { sum: Crc32Sum.of(frames) })
    case 'zstd':
      return zstdCompressSync(frames)
  }
}

/** Fixed fields of a gzip member without a name or a time (RFC 1952, section 2.3); 255: the system is not told. */
const GZIP_HEAD = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)
/** A last block, with nothing in it, and the rest of its byte. */
const LAST_BLOCK = Uint8Array.of(3, 0)

/** What a body begins with. */
export function bodyHead(encoding: ContentEncoding): Uint8Array {
  return encoding === 'gzip' ? GZIP_HEAD : new Uint8Array()
}

/** What a body ends with, given the sum of everything in it. */
export function bodyEnd(encoding: ContentEncoding, sum: Crc32Sum): Uint8Array {
  if (encoding !== 'gzip') return new Uint8Array()
  const end = Buffer.alloc(LAST_BLOCK.length + 8)
  end.set(LAST_BLOCK)
  end.writeUInt32LE(sum.value, LAST_BLOCK.length)
  end.writeUInt32LE(sum.bytes % 2 ** 32, LAST_BLOCK.length + 4)
  return end
}
