/** First byte of a WebSocket text message in one frame: FIN and opcode 1 (RFC 6455, section 5.2). */
const FINAL_TEXT = 0x81
const RESERVED_1 = 0x40
const LENGTH_IN_2_BYTES = 126
const LENGTH_IN_8_BYTES = 127

/** The most that stands before the text of a message. */
export const TEXT_HEAD_BYTES_MAX = 10

/** A WebSocket text message as a server sends it: one unmasked frame. The pieces together are UTF-8. */
export function textFrame(pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const frame = Buffer.allocUnsafe(TEXT_HEAD_BYTES_MAX + length)
  let at = writeTextHead(frame, 0, length)
  for (const piece of pieces) {
    frame.set(piece, at)
    at += piece.length
  }
  return frame.subarray(0, at)
}

/** As `textFrame`, of a message that permessage-deflate has compressed: the first reserved bit says so. */
export function deflatedTextFrame(pieces: readonly Uint8Array[]): Uint8Array {
  const frame = textFrame(pieces)
  frame[0] = FINAL_TEXT | RESERVED_1
  return frame
}

/** Writes what stands before a text of so many bytes, and returns where it ends. */
export function writeTextHead(target: Buffer, start: number, length: number): number {
  target[start] = FINAL_TEXT
  if (length < LENGTH_IN_2_BYTES) {
    target[start + 1] = length
    return start + 2
  }
  if (length <= 0xffff) {
    target[start + 1] = LENGTH_IN_2_BYTES
    return target.writeUInt16BE(length, start + 2)
  }
  target[start + 1] = LENGTH_IN_8_BYTES
  return target.writeBigUInt64BE(BigInt(length), start + 2)
}
