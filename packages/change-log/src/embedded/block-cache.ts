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
  /** Readers that look at it. */
  readers: number
  isCached: boolean
}

/** Least recently used first out. The memory of a block is used again when it is out and nobody looks at it. */
export class BlockCache {
  readonly #blocks = new Map<string, CachedBlock>()
  readonly #free: ArrayBuffer[] = []
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

  /** Memory for a block of that size, or more. */
  take(bytes: number): ArrayBuffer {
    if (bytes > BUFFER_BYTES) return new ArrayBuffer(bytes)
    return this.#free.pop() ?? new ArrayBuffer(BUFFER_BYTES)
  }

  /** Of a block that did not come to be. */
  putBack(memory: ArrayBufferLike): void {
    if (!(memory instanceof ArrayBuffer) || memory.byteLength !== BUFFER_BYTES) return
    if (this.#free.length < FREE_BUFFERS_MAX) this.#free.push(memory)
  }

  set(key: string, bytes: Uint8Array): CachedBlock {
    const block = { bytes, readers: 0, isCached: true }
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

  #reuse({ bytes, readers, isCached }: CachedBlock): void {
    if (readers === 0 && !isCached) this.putBack(bytes.buffer)
  }
}
