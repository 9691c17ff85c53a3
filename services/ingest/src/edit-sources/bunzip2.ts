import { setImmediate as turn } from 'node:timers/promises'
import bitIterator, { type BitReader } from 'unbzip2-stream/lib/bit_iterator.js'
import bzip2 from 'unbzip2-stream/lib/bzip2.js'
import { DamagedInputError } from './edit-source-error.ts'

/** A block decompresses to `level` times 100,000 bytes, and is never compressed to more than that and a little. */
const BLOCK_BYTES = 100_000
const BLOCK_OVERHEAD_BYTES = 25_000
const LEVEL_MAX = 9

/**
 * Decompresses bzip2, several streams in a row as well (Wikipedia's multistream dumps have one for every 100 pages).
 *
 * It works with the block decoder of `unbzip2-stream`, not its stream: that one decompresses all blocks that it has in
 * one go, tens of megabytes of a history dump without a turn of the event loop. Here it is one block at a time.
 *
 * @throws DamagedInputError behind the last block that is whole
 */
export async function* bunzip2(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const blocks = new BlockReader()
  for await (const chunk of chunks) {
    blocks.push(chunk)
    while (blocks.bufferedBytes > LEVEL_MAX * BLOCK_BYTES + BLOCK_OVERHEAD_BYTES) yield* await next(blocks)
  }
  while (blocks.bufferedBytes > 0) yield* await next(blocks)
  if (blocks.isInsideStream) throw new DamagedInputError('the bzip2 file is truncated')
}

async function next(blocks: BlockReader): Promise<readonly Uint8Array[]> {
  await turn()
  return blocks.read()
}

/** Reads header, block or end of a stream, one at a call, from chunks that hold it whole. */
class BlockReader {
  readonly #chunks: Uint8Array[] = []
  #bits: undefined | BitReader
  #pushedBytes = 0
  /** 0 between streams. */
  #level = 0
  #checksum: null | number = null
  #table = new Int32Array(0)

  get bufferedBytes(): number {
    return this.#pushedBytes - (this.#bits?.bytesRead ?? 0)
  }

  get isInsideStream(): boolean {
    return this.#level !== 0
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#pushedBytes += chunk.length
    this.#bits ??= bitIterator(() => this.#chunks.shift())
  }

  read(): readonly Uint8Array[] {
    if (this.#bits === undefined) return []
    try {
      return this.#level === 0 ? this.#readHeader(this.#bits) : this.#readBlock(this.#bits)
    } catch (cause) {
      throw new DamagedInputError('the bzip2 file is truncated or damaged', { cause })
    }
  }

  #readHeader(bits: BitReader): readonly Uint8Array[] {
    this.#level = bzip2.header(bits)
    this.#checksum = 0
    return []
  }

  #readBlock(bits: BitReader): readonly Uint8Array[] {
    const capacity = this.#level * BLOCK_BYTES
    if (this.#table.length !== capacity) this.#table = new Int32Array(capacity)
    const output = new ByteOutput()
    this.#checksum = bzip2.decompress(
      bits,
      (byte) => output.push(byte),
      this.#table,
      capacity,
      this.#checksum,
    )
    if (this.#checksum === null) this.#level = 0
    return output.take()
  }
}

/** Runs of a byte are written out last, so that a block may come to 50 times its nominal size. */
class ByteOutput {
  readonly #full: Uint8Array[] = []
  #open = new Uint8Array(BLOCK_BYTES)
  #length = 0

  push(byte: number): void {
    if (this.#length === this.#open.length) {
      this.#full.push(this.#open)
      this.#open = new Uint8Array(BLOCK_BYTES)
      this.#length = 0
    }
    this.#open[this.#length++] = byte
  }

  take(): readonly Uint8Array[] {
    return this.#length === 0 ? this.#full : [...this.#full, this.#open.subarray(0, this.#length)]
  }
}
