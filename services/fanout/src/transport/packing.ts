import type { BodyPiece } from '../representation/content-encoding.ts'

const LINE_END = Buffer.from('\r\n')
/** Digits that the length of a chunk takes at most. */
const LENGTH_DIGITS_MAX = 13

/** How frames become what is written: one behind the other, or as a chunk of HTTP/1.1 (RFC 9112, section 7.1). */
export type Packing = 'plain' | 'http-chunk'

/** One piece of bytes that may be written to any number of transports of this packing. */
export function pack(packing: Packing, frames: readonly BodyPiece[]): BodyPiece {
  const [first] = frames
  if (packing === 'plain') {
    if (frames.length === 1 && first !== undefined) return first
    return Object.assign(Buffer.concat(frames), sumOf(frames))
  }
  const length = frames.reduce((sum, frame) => sum + frame.length, 0)
  const packed = Buffer.allocUnsafe(LENGTH_DIGITS_MAX + length + 2 * LINE_END.length)
  let at = packed.write(`${length.toString(16)}\r\n`, 'latin1')
  for (const frame of frames) {
    packed.set(frame, at)
    at += frame.length
  }
  packed.set(LINE_END, at)
  return Object.assign(packed.subarray(0, at + LINE_END.length), sumOf(frames))
}

/** As `pack`, without a copy of the frames: for so many bytes that writing some pieces more costs less. */
export function packUncopied(packing: Packing, frames: readonly Uint8Array[]): readonly Uint8Array[] {
  if (packing === 'plain') return frames
  const length = frames.reduce((sum, frame) => sum + frame.length, 0)
  return [Buffer.from(`${length.toString(16)}\r\n`, 'latin1'), ...frames, LINE_END]
}

/** Of compressed pieces; others have none. */
function sumOf(frames: readonly BodyPiece[]): Pick<BodyPiece, 'sum'> {
  const [first, ...rest] = frames.flatMap(({ sum }) => sum ?? [])
  return first === undefined ? {} : { sum: rest.reduce((sum, next) => sum.followedBy(next), first) }
}
