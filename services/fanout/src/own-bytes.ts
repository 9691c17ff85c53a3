/**
 * Copies in memory of their own. What stays for long must not be a view of something larger, a block of the log or Node's pool
 * for small buffers: all of that would stay with it.
 */
export function ownBytes<Pieces extends readonly Uint8Array[]>(
  ...pieces: Pieces
): { readonly [I in keyof Pieces]: Buffer } {
  const own = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  const copies = pieces.map((piece) => {
    const start = end
    end += piece.length
    own.set(piece, start)
    return own.subarray(start, end)
  })
  return copies as unknown as { readonly [I in keyof Pieces]: Buffer }
}
