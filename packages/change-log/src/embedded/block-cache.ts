import { BLOCK_BYTES } from './block.ts'

/** Blocks that were read: others at the same place come for them, and their reader comes back for the rest. */
const CACHE_BYTES_MAX = 16 * 1024 * 1024

/** A block is cut once it is full, and may have taken in a small rest; one of large records has memory of its own. */
const BUFFER_BYTES = 2 * BLOCK_BYTES

/** Memory that waits for the next block; more is left to the garbage collector. */
const FREE_BUFFERS_MAX = 8

/** A block in memory. */
export interface CachedBlock {
  readonly bytes: Uint8Array
  /** The whole of the memory that `bytes` are in, when that may be used again. */
  readonly buffer: SharedArrayBuffer | undefined
  /** Readers that look at it. */
  readers: number
  isCached: boolean
}

/** What a block is read into. */
export interface BlockMemory {
  readonly bytes: Uint8Array<SharedArrayBuffer>
  readonly buffer: SharedArrayBuffer | undefined
}

/** Least recently used first out. The memory of a block is used again when it is out and nobody looks at it. */
export class BlockCache {
  readonly #blocks = new Map<string, CachedBlock>()
  readonly #free: SharedArrayBuffer[] = []
  #bytes = 0

  get(key: string): CachedBlock | undefined {
    const block = this.#blocks.get(key)
    if (block === undefined) return undefined
    this.#blocks.delete(key)
    this.#blocks.set(key, block)
    return block
  }

  has(key: string): boolean {
    return this.#blocks.has(key)
  }

  /** Memory for a block of that size, which other threads may write to. */
  take(bytes: number): BlockMemory {
    if (bytes > BUFFER_BYTES)
      return { bytes: new Uint8Array(new SharedArrayBuffer(bytes)), buffer: undefined }
    const buffer = this.#free.pop() ?? new SharedArrayBuffer(BUFFER_BYTES)
    return { bytes: new Uint8Array(buffer, 0, bytes), buffer }
  }

  /** Of a block that did not come to be. */
  putBack({ buffer }: BlockMemory): void {
    if (buffer !== undefined && this.#free.length < FREE_BUFFERS_MAX) this.#free.push(buffer)
  }

  set(key: string, { bytes, buffer }: Pick<CachedBlock, 'bytes' | 'buffer'>): CachedBlock {
    const block = { bytes, buffer, readers: 0, isCached: true }
    this.#blocks.set(key, block)
    this.#bytes += bytes.byteLength
    for (const [oldest, cached] of this.#blocks) {
      if (this.#bytes <= CACHE_BYTES_MAX || cached === block) break
      this.#blocks.delete(oldest)
      this.#bytes -= cached.bytes.byteLength
      cached.isCached = false
      this.#reuse(cached)
    }
    return block
  }

  giveBack(block: CachedBlock): void {
    block.readers--
    this.#reuse(block)
  }

  #reuse({ buffer, readers, isCached }: CachedBlock): void {
    if (buffer === undefined || readers > 0 || isCached || this.#free.length >= FREE_BUFFERS_MAX) return
    this.#free.push(buffer)
  }
}
