/** Blocks that were read: others at the same place come for them, and their reader comes back for the rest. */
const CACHE_BYTES_MAX = 16 * 1024 * 1024

/** Least recently used first out. */
export class BlockCache {
  readonly #blocks = new Map<string, Uint8Array>()
  #bytes = 0

  get(key: string): Uint8Array | undefined {
    const block = this.#blocks.get(key)
    if (block === undefined) return undefined
    this.#blocks.delete(key)
    this.#blocks.set(key, block)
    return block
  }

  set(key: string, block: Uint8Array): void {
    if (this.#blocks.has(key)) return
    this.#blocks.set(key, block)
    this.#bytes += block.byteLength
    for (const [oldest, { byteLength }] of this.#blocks) {
      if (this.#bytes <= CACHE_BYTES_MAX) break
      this.#blocks.delete(oldest)
      this.#bytes -= byteLength
    }
  }
}
