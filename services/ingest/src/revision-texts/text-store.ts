import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Logger } from 'pino'
import type { KeptText } from './revision-texts.ts'
import { TextDatabase } from './text-database.ts'

export interface TextStoreOptions {
  /** The database file; its folder is made when it is not there. One process at a time. */
  readonly path: string
  /** Bound on what the file holds; past it the texts that were stored first go. The write-ahead log comes on top. */
  readonly bytesMax: number
  readonly logger: Logger
}

/** Smaller than this the bound would be eaten up by the file's own structure. */
export const STORE_BYTES_MIN = 256 * 1024

/** A text that would take more than this share of the store is not kept, since it would push out too many others. */
const TEXT_SHARE_MAX = 1 / 4

/** https://www.sqlite.org/rescode.html: SQLITE_CORRUPT and SQLITE_NOTADB; extended codes have them in the low byte. */
const CORRUPT_CODES = new Set([11, 26])

/** The lowest level costs about a third of a diff and saves two thirds of the bytes; higher ones save hardly more. */
const COMPRESSION = {
  params: {
    [constants.ZSTD_c_compressionLevel]: 1,
    // SQLite has no checksums of its own: a text that rotted on disk must not come back as another text.
    [constants.ZSTD_c_checksumFlag]: 1,
  },
}

/**
 * Revision texts on disk, compressed, bounded, there again after a restart or a crash.
 *
 * Everything in it can be had again, so it never stands in the way: a corrupt file is moved aside (`….corrupt`, the one
 * before it is deleted) and begun anew; when the disk is full or fails, texts are not found and not kept, with one
 * warning per spell.
 */
export class TextStore {
  readonly #options: TextStoreOptions
  #database: TextDatabase
  #isFailing = false
  #usedBytes = 0

  constructor(options: TextStoreOptions) {
    if (options.bytesMax < STORE_BYTES_MIN) {
      throw new RangeError(
        `the store of texts needs at least ${STORE_BYTES_MIN} bytes, not ${options.bytesMax}`,
      )
    }
    this.#options = options
    mkdirSync(dirname(options.path), { recursive: true })
    this.#database = this.#open()
    this.#usedBytes = this.#database.usedBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  find(wiki: string, revisionId: number): string | undefined {
    const content = this.#attempt((database) => database.find(wiki, revisionId))
    if (content === undefined) return undefined
    try {
      return zstdDecompressSync(content).toString('utf8')
    } catch (error) {
      this.#options.logger.warn({ wiki, revisionId, error }, 'a stored text is damaged and was dropped')
      this.drop(wiki, revisionId)
      return undefined
    }
  }

  /** Keeps texts, all in one transaction. A revision that is there already stays as it is. */
  store(entries: readonly KeptText[]): void {
    this.#attempt((database) => {
      const texts = entries
        .filter(({ wiki, revisionId }) => !database.has(wiki, revisionId))
        .map(({ wiki, revisionId, text }) => ({
          wiki,
          revisionId,
          content: zstdCompressSync(text, COMPRESSION),
        }))
        .filter(({ content }) => content.byteLength <= this.#options.bytesMax * TEXT_SHARE_MAX)
      if (texts.length > 0) database.store(texts, this.#options.bytesMax)
      this.#usedBytes = database.usedBytes
      this.#isFailing = false
    })
  }

  /** Deletes a text that is of no use. */
  drop(wiki: string, revisionId: number): void {
    this.#attempt((database) => database.delete(wiki, revisionId))
  }

  /**
   * Deletes texts for good: no byte of them stays, neither in the files nor in what was moved aside. Throws when that
   * fails, since it was promised.
   */
  erase(wiki: string, revisionIds: readonly number[]): void {
    try {
      this.#database.erase(wiki, revisionIds)
    } catch (error) {
      if (!isSqliteError(error) || !isCorrupt(error)) throw error
      this.#beginAnew(error)
    }
    rmSync(this.#asidePath, { force: true })
    this.#usedBytes = this.#database.usedBytes
  }

  close(): void {
    this.#database.close()
  }

  #attempt<T>(work: (database: TextDatabase) => T): T | undefined {
    try {
      return work(this.#database)
    } catch (error) {
      if (!isSqliteError(error)) throw error
      if (isCorrupt(error)) this.#beginAnew(error)
      else if (!this.#isFailing) {
        this.#isFailing = true
        this.#options.logger.warn({ error }, 'the store of texts fails; it keeps none until it works again')
      }
      return undefined
    }
  }

  #open(): TextDatabase {
    try {
      return new TextDatabase(this.#options.path)
    } catch (error) {
      if (!isSqliteError(error) || !isCorrupt(error)) throw error
      this.#moveAside(error)
      return new TextDatabase(this.#options.path)
    }
  }

  #beginAnew(error: Error): void {
    this.#database.close()
    this.#moveAside(error)
    this.#database = new TextDatabase(this.#options.path)
    this.#usedBytes = this.#database.usedBytes
  }

  get #asidePath(): string {
    return `${this.#options.path}.corrupt`
  }

  #moveAside(error: Error): void {
    const { path, logger } = this.#options
    renameSync(path, this.#asidePath)
    // Left where they are, they would be taken for the new file's.
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
    logger.warn(
      { path, asidePath: this.#asidePath, error },
      'the store of texts is corrupt; moved it aside and began anew',
    )
  }
}

interface SqliteError extends Error {
  readonly errcode: number
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'
}

function isCorrupt(error: SqliteError): boolean {
  return CORRUPT_CODES.has(error.errcode & 0xff)
}
