/** The parts of `unbzip2-stream` that bunzip2.ts works with; it comes without types. */
declare module 'unbzip2-stream/lib/bit_iterator.js' {
  /** The next so many bits as a number; null aligns to the next byte. */
  export interface BitReader {
    (bits: null | number): number
    readonly bytesRead: number
  }
  export default function bitIterator(nextChunk: () => undefined | Uint8Array): BitReader
}

declare module 'unbzip2-stream/lib/bzip2.js' {
  import type { BitReader } from 'unbzip2-stream/lib/bit_iterator.js'

  const bzip2: {
    /** The level, 1 to 9. Throws when no bzip2 stream begins here. */
    header(bits: BitReader): number
    /** The checksum of the stream so far, or null at its end. Throws on damage. */
    decompress(
      bits: BitReader,
      push: (byte: number) => void,
      table: Int32Array,
      tableLength: number,
      checksum: null | number,
    ): null | number
  }
  export default bzip2
}
