import { closeSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { type BlockPlace, blockFileName, blockFileNumbers, blockFolder } from './block-folder.ts'

/** A file is full from here on. Whole files are removed, so a topic takes up so much more than it keeps, at most. */
const FILE_BYTES_MAX = 64 * 1024 * 1024

/** So long a file stays that nothing refers to any more: somebody who copies the folder comes to it after the database. */
const UNUSED_KEPT_MS = 60 * 60 * 1000

/**
 * Appends blocks to files. They count once the database says so, in a transaction that is committed after `sync`; what was
 * appended for one that never came is dead space. A writer never goes on in a file of the one before it.
 */
export class BlockFileWriter implements Disposable {
  readonly #folder: string
  /** The file being filled, by topic. */
  readonly #filling = new Map<number, FillingFile>()
  readonly #unusedSinceMs = new Map<number, number>()
  #nextNumber: number

  constructor(directory: string) {
    this.#folder = blockFolder(directory)
    mkdirSync(this.#folder, { recursive: true })
    this.#nextNumber = Math.max(0, ...blockFileNumbers(this.#folder)) + 1
  }

  /** Topics have files of their own, since they keep their records for different times. */
  append(topicId: number, block: Uint8Array): BlockPlace {
    const file = this.#filling.get(topicId) ?? this.#begin(topicId)
    const position = file.size
    for (let written = 0; written < block.length; ) {
      written += writeSync(file.descriptor, block, written, block.length - written, position + written)
    }
    file.size += block.length
    file.isSynced = false
    return { file: file.number, position }
  }

  /** Afterwards all that was appended outlasts a loss of power. */
  sync(): void {
    for (const file of this.#filling.values()) {
      if (file.isSynced) continue
      try {
        fdatasyncSync(file.descriptor)
      } catch (error) {
        // The operating system tells of a failed write once, and forgets it: the file is not to be trusted any more.
        this.#end(file)
        throw error
      }
      file.isSynced = true
      if (file.size >= FILE_BYTES_MAX) this.#end(file)
    }
  }

  /** Removes files that have not been referred to for a while. */
  removeUnused(isUsed: (file: number) => boolean, nowMs: number): void {
    const filling = new Set([...this.#filling.values()].map(({ number }) => number))
    for (const number of blockFileNumbers(this.#folder)) {
      if (filling.has(number) || isUsed(number)) continue
      const sinceMs = this.#unusedSinceMs.get(number) ?? nowMs
      this.#unusedSinceMs.set(number, sinceMs)
      if (nowMs - sinceMs < UNUSED_KEPT_MS) continue
      unlinkSync(blockFileName(this.#folder, number))
      this.#unusedSinceMs.delete(number)
    }
  }

  [Symbol.dispose](): void {
    for (const file of this.#filling.values()) this.#end(file)
  }

  #begin(topicId: number): FillingFile {
    const number = this.#nextNumber++
    const descriptor = openSync(blockFileName(this.#folder, number), 'wx')
    const file = { number, topicId, descriptor, size: 0, isSynced: true }
    this.#filling.set(topicId, file)
    syncFolder(this.#folder)
    return file
  }

  #end(file: FillingFile): void {
    this.#filling.delete(file.topicId)
    closeSync(file.descriptor)
  }
}

interface FillingFile {
  readonly number: number
  readonly topicId: number
  readonly descriptor: number
  size: number
  isSynced: boolean
}

/** So that the name of a new file outlasts a loss of power. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
