import { BROTLI_END, BROTLI_HEAD, brotliPiece } from './brotli-piece.ts'
import type { ContentEncoding } from './content-encoding.ts'

/** A piece is meta-blocks of the one Brotli stream that the body is. */
export const BROTLI: ContentEncoding = {
  name: 'br',
  key: 'br',
  head: BROTLI_HEAD,
  encodeChanges: brotliPiece,
  encodeControl: brotliPiece,
  end: () => BROTLI_END,
}
