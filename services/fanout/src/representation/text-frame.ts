/** First byte of a WebSocket text message in one frame: FIN and opcode 1 (RFC 6455, section 5.2). */
const FINAL_TEXT = 0x81
const LENGTH_IN_2_BYTES = 126
const LENGTH_IN_8_BYTES = 127

/** A WebSocket text message as a server sends it: one unmasked frame. The pieces together are UTF-8. */
export function textFrame(pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const headerBytes = length < LENGTH_IN_2_BYTES ? 2 : length <= 0xffff ? 4 : 10
  const frame = Buffer.allocUnsafe(headerBytes + length)
  frame[0] = FINAL_TEXT
  if (headerBytes === 2) frame[1] = length
  else if (headerBytes === 4) {
    frame[1] = LENGTH_IN_2_BYTES
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = LENGTH_IN_8_BYTES
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  let at = headerBytes
  for (const piece of pieces) {
    frame.set(piece, at)
    at += piece.length
  }
  return frame
}
