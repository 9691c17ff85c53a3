import { promisify } from 'node:util'
import { zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib'

/** From these sizes on, both of about as much content, work is done in a thread of its own: below, handing it over costs more. */
const COMPRESS_IN_THREAD_BYTES_MIN = 64 * 1024
const DECOMPRESS_IN_THREAD_BYTES_MIN = 16 * 1024
/** Where a frame does not say how large its content is: changes of articles compress by three to four. */
const USUAL_RATIO = 4
/** The least that zlib takes. */
const CHUNK_BYTES_MIN = 64
/** Above what a batch of our own unpacks to. What claims to be larger is unpacked bit by bit. */
const CHUNK_BYTES_MAX = 32 * 1024 * 1024

/*
 * Frame header (RFC 8878, section 3.1.1): 4 bytes of magic, a descriptor, the window unless it is a single segment, the
 * dictionary id, the content size. Numbers are little-endian.
 */
const DESCRIPTOR_AT = 4
const SINGLE_SEGMENT = 0x20
const DICTIONARY_ID_BYTES = [0, 1, 2, 4]
const SIZE_OF_2_BYTES_STARTS_AT = 256

const compressInThread = promisify(zstdCompress)
const decompressInThread = promisify(zstdDecompress)

export function compressZstd(buffer: Buffer): Buffer | Promise<Buffer> {
  // Room for what does not compress at all, so that there is one piece, which need not be copied.
  const options = {
    chunkSize: buffer.length + (buffer.length >> 8) + 64,
    pledgedSrcSize: buffer.length,
  }
  return buffer.length < COMPRESS_IN_THREAD_BYTES_MIN
    ? zstdCompressSync(buffer, options)
    : compressInThread(buffer, options)
}

/** Of one frame, or several of which `contentBytes` is the sum; undefined where that is not known. */
export function decompressZstd(buffer: Buffer, contentBytes: number | undefined): Buffer | Promise<Buffer> {
  // A piece that is filled to the last byte is followed by another one.
  const bytes = (contentBytes ?? USUAL_RATIO * buffer.length) + 1
  const options = { chunkSize: Math.min(Math.max(CHUNK_BYTES_MIN, bytes), CHUNK_BYTES_MAX) }
  return buffer.length < DECOMPRESS_IN_THREAD_BYTES_MIN
    ? zstdDecompressSync(buffer, options)
    : decompressInThread(buffer, options)
}

/** How large the content of the first frame is; undefined where the frame does not say. */
export function zstdContentBytes(frame: Buffer): number | undefined {
  const descriptor = frame[DESCRIPTOR_AT] ?? 0
  const isSingleSegment = (descriptor & SINGLE_SEGMENT) !== 0
  const at = DESCRIPTOR_AT + 1 + (isSingleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 0x03] ?? 0)
  switch (descriptor >> 6) {
    case 0:
      return isSingleSegment ? frame[at] : undefined
    case 1:
      return at + 2 <= frame.length ? frame.readUInt16LE(at) + SIZE_OF_2_BYTES_STARTS_AT : undefined
    case 2:
      return at + 4 <= frame.length ? frame.readUInt32LE(at) : undefined
    default:
      return at + 8 <= frame.length ? Number(frame.readBigUInt64LE(at)) : undefined
  }
}
