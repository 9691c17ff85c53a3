import { zstdCompressSync } from 'node:zlib'
import type { ContentEncoding } from './content-encoding.ts'

/** A piece is a zstd frame of its own; decoders read on from one to the next. */
export const ZSTD: ContentEncoding = {
  name: 'zstd',
  key: 'zstd',
  head: new Uint8Array(),
  encodeChanges: (frames) => zstdCompressSync(frames),
  encodeControl: (bytes) => zstdCompressSync(bytes),
  end: () => new Uint8Array(),
}
