import type { Crc32Sum } from './crc32-sum.ts'

/** How frames are compressed: as the transport and its partner have agreed. `deflate` is that of WebSocket. */
export type Encoding = 'identity' | 'deflate' | ContentEncoding

/** Of a body over HTTP. Each is made so that the same compressed piece may stand in any number of bodies. */
export interface ContentEncoding {
  /** As in the header Content-Encoding. */
  readonly name: string
  /** Equal for encodings that make the same pieces. */
  readonly key: string
  /** What a body begins with. */
  readonly head: Uint8Array
  /** Whole frames of changes as a piece of a body. */
  encodeChanges(frames: Uint8Array): BodyPiece
  /** Anything else: short, and seldom the same for two partners. */
  encodeControl(bytes: Uint8Array): BodyPiece
  /** What a body ends with, given the sum of everything in it. */
  end(sum: Crc32Sum): Uint8Array
}

/** A piece of a body, with the sum of what it holds where the body ends with the sum of all. */
export interface BodyPiece extends Uint8Array {
  readonly sum?: Crc32Sum
}
