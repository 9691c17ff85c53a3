import { constants, deflateRawSync } from 'node:zlib'

/** What a flush ends with (RFC 7692, section 7.2.1): an empty stored block, which permessage-deflate leaves out. */
const FLUSH_TAIL_BYTES = 4
/** A higher level costs several times as much for a few percent of these small texts. */
const LEVEL = 5
const STORED_HEAD_BYTES = 5
const STORED_BYTES_MAX = 0xffff

/**
 * Bytes as blocks of a raw deflate stream that refer to nothing before them and end on a byte: whatever stands before and
 * after such a piece, the stream is valid. The empty block that ends it is left out.
 */
export function deflatePiece(bytes: Uint8Array): Uint8Array {
  const options = { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH }
  return deflateRawSync(bytes, options).subarray(0, -FLUSH_TAIL_BYTES)
}

/** What a piece without its ending block has to be followed by where others follow it. */
export const FLUSH_TAIL = Uint8Array.of(0, 0, 0xff, 0xff)

/** Few bytes as a piece that costs no compression. Larger ones are compressed. */
export function storedPiece(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.length > STORED_BYTES_MAX) return [deflatePiece(bytes), FLUSH_TAIL]
  const head = Buffer.allocUnsafe(STORED_HEAD_BYTES)
  head[0] = 0
  head.writeUInt16LE(bytes.length, 1)
  head.writeUInt16LE(~bytes.length & 0xffff, 3)
  return [head, bytes]
}
