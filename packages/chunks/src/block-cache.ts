import { type BlockReading, readBlock } from './block-reading.ts'
import type { Block } from './blocks.ts'
import type { WikiLanguage } from './wiki-language.ts'

export interface BlockCacheLimits {
  /** UTF-16 units of wikitext of the blocks that are kept. What is kept takes two to four times as much. */
  readonly sourceLengthMax: number
}

/**
 * Keeps what blocks say, because an edit leaves most blocks of a page as they were: reading the text before and the
 * text after costs little more than reading one. Past its bound it forgets what was used longest ago.
 */
export class BlockCache {
  readonly #sourceLengthMax: number
  readonly #readings = new Map<string, BlockReading>()
  #sourceLength = 0

  constructor(limits: BlockCacheLimits) {
    this.#sourceLengthMax = limits.sourceLengthMax
  }

  read(block: Block, language: WikiLanguage): BlockReading {
    const key = `${language.code} ${block.kind} ${block.level} ${block.source}`
    const known = this.#readings.get(key)
    if (known !== undefined) {
      this.#readings.delete(key)
      this.#readings.set(key, known)
      return known
    }
    const reading = readBlock(block, language)
    this.#readings.set(key, reading)
    this.#sourceLength += key.length
    this.#forgetOldest()
    return reading
  }

  #forgetOldest(): void {
    for (const key of this.#readings.keys()) {
      if (this.#sourceLength <= this.#sourceLengthMax) return
      this.#readings.delete(key)
      this.#sourceLength -= key.length
    }
  }
}
