import { zstdCompressSync } from 'node:zlib'
import { type CompressionDictionary, compressWith } from '@freshet/dictionary'
import { onCompressedWithDictionary } from '../metrics.ts'
import type { BodyPiece, ContentEncoding } from './content-encoding.ts'

/** Before the SHA-256 of the dictionary (RFC 9842, section 5): to decoders that do not know of it a frame to be skipped. */
const MAGIC = Uint8Array.of(0x5e, 0x2a, 0x4d, 0x18, 32, 0, 0, 0)

/** As zstd, with a dictionary that the partner has: RFC 9842. One object for all who have the same. */
export class DictionaryEncoding implements ContentEncoding {
  readonly name = 'dcz'
  readonly key: string
  readonly head: Uint8Array
  readonly #dictionary: Uint8Array

  constructor({ id, bytes }: CompressionDictionary) {
    this.key = `dcz ${id}`
    this.head = Buffer.concat([MAGIC, Buffer.from(id, 'hex')])
    this.#dictionary = bytes
  }

  encodeChanges(frames: Uint8Array): BodyPiece {
    const piece = compressWith(this.#dictionary, frames)
    onCompressedWithDictionary(frames.length, piece.length)
    return piece
  }

  /** Without the dictionary, which would cost more than it saves: decoders take both. */
  encodeControl(bytes: Uint8Array): BodyPiece {
    return zstdCompressSync(bytes)
  }

  end(): Uint8Array {
    return new Uint8Array()
  }
}
