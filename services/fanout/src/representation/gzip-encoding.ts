import type { BodyPiece, ContentEncoding } from './content-encoding.ts'
import { Crc32Sum } from './crc32-sum.ts'
import { deflatePiece, FLUSH_TAIL } from './deflate-piece.ts'

/** A last block, with nothing in it, and the rest of its byte. */
const LAST_BLOCK = Uint8Array.of(3, 0)

/** A piece is blocks of the one deflate stream that the body is. */
export const GZIP: ContentEncoding = {
  name: 'gzip',
  key: 'gzip',
  /** Fixed fields of a member without a name or a time (RFC 1952, section 2.3); 255: the system is not told. */
  head: Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255),
  encodeChanges: encode,
  encodeControl: encode,
  end(sum) {
    const end = Buffer.alloc(LAST_BLOCK.length + 8)
    end.set(LAST_BLOCK)
    end.writeUInt32LE(sum.value, LAST_BLOCK.length)
    end.writeUInt32LE(sum.bytes % 2 ** 32, LAST_BLOCK.length + 4)
    return end
  },
}

function encode(bytes: Uint8Array): BodyPiece {
  return Object.assign(Buffer.concat([deflatePiece(bytes), FLUSH_TAIL]), { sum: Crc32Sum.of(bytes) })
}
