import { closeSync, openSync, readSync } from 'node:fs'
import { type BlockPlace, blockFileName, blockFolder } from './block-folder.ts'

/** A file that was removed takes up its space until nobody has it open. */
const OPEN_FILES_MAX = 8

/** Reads blocks from files, which are opened as they are needed. */
export class BlockFileReader implements Disposable {
  readonly #folder: string
  /** Descriptors by the number of the file; the least recently used first. */
  readonly #open = new Map<number, number>()

  constructor(directory: string) {
    this.#folder = blockFolder(directory)
  }

  /** Fills the target. Returns false when there is no such file, or it does not hold so much. */
  read({ file, position }: BlockPlace, target: Uint8Array): boolean {
    const descriptor = this.#descriptorOf(file)
    if (descriptor === undefined) return false
    for (let read = 0; read < target.length; ) {
      const bytes = readSync(descriptor, target, read, target.length - read, position + read)
      if (bytes === 0) return false
      read += bytes
    }
    return true
  }

  [Symbol.dispose](): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor)
    this.#open.clear()
  }

  #descriptorOf(file: number): number | undefined {
    const descriptor = this.#open.get(file) ?? this.#openFile(file)
    if (descriptor === undefined) return undefined
    this.#open.delete(file)
    this.#open.set(file, descriptor)
    for (const [oldest, unused] of this.#open) {
      if (this.#open.size <= OPEN_FILES_MAX) break
      this.#open.delete(oldest)
      closeSync(unused)
    }
    return descriptor
  }

  #openFile(file: number): number | undefined {
    try {
      return openSync(blockFileName(this.#folder, file), 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }
}
