import { DatabaseSync, type StatementSync } from 'node:sqlite'

export interface StoredText {
  readonly wiki: string
  readonly revisionId: number
  readonly content: Uint8Array
}

/** How many of the oldest texts go in one step when room is needed. */
const EVICTION_STEP = 32

/** The write-ahead log is cut back to this size after it has been written into the database. */
const WAL_BYTES_MAX = 8 * 1024 * 1024

/**
 * The texts' SQLite file: bytes by wiki and revision id, in the order in which they were stored. Throws SQLite's own
 * errors.
 *
 * `synchronous=NORMAL` in WAL mode syncs at checkpoints only. A killed process loses nothing by it, since what was
 * written is with the operating system; a power cut may lose the last texts, but leaves an intact file. What is lost
 * can be had again from where it came, so a sync per transaction would buy nothing.
 */
export class TextDatabase {
  readonly #database: DatabaseSync
  readonly #pageBytes: number
  readonly #select: StatementSync
  readonly #exists: StatementSync
  readonly #insert: StatementSync
  readonly #delete: StatementSync
  readonly #evict: StatementSync
  readonly #usedPages: StatementSync

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: 5_000 })
    try {
      this.#database.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        PRAGMA secure_delete = ON;
        PRAGMA journal_size_limit = ${WAL_BYTES_MAX};
        CREATE TABLE IF NOT EXISTS texts (
          sequence INTEGER PRIMARY KEY,
          wiki TEXT NOT NULL,
          revision_id INTEGER NOT NULL,
          content BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX IF NOT EXISTS texts_by_revision ON texts (wiki, revision_id);
      `)
      this.#pageBytes = numberOf(this.#database.prepare('PRAGMA page_size').get(), 'page_size')
      this.#select = this.#database.prepare('SELECT content FROM texts WHERE wiki = ? AND revision_id = ?')
      this.#exists = this.#database.prepare('SELECT 1 FROM texts WHERE wiki = ? AND revision_id = ?')
      this.#insert = this.#database.prepare(
        'INSERT INTO texts (wiki, revision_id, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      )
      this.#delete = this.#database.prepare('DELETE FROM texts WHERE wiki = ? AND revision_id = ?')
      this.#evict = this.#database.prepare(
        `DELETE FROM texts WHERE sequence IN (SELECT sequence FROM texts ORDER BY sequence LIMIT ${EVICTION_STEP})`,
      )
      this.#usedPages = this.#database.prepare(
        'SELECT page_count - freelist_count AS pages FROM pragma_page_count, pragma_freelist_count',
      )
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  /** Bytes of the file that are in use. Pages of deleted texts are used again, so the file itself grows no further. */
  get usedBytes(): number {
    return numberOf(this.#usedPages.get(), 'pages') * this.#pageBytes
  }

  find(wiki: string, revisionId: number): Uint8Array | undefined {
    return this.#select.get(wiki, revisionId)?.content as Uint8Array | undefined
  }

  has(wiki: string, revisionId: number): boolean {
    return this.#exists.get(wiki, revisionId) !== undefined
  }

  /** Stores all in one transaction, each unless it is there; then the oldest go until `usedBytes` is at most `bytesMax`. */
  store(texts: readonly StoredText[], bytesMax: number): void {
    this.#transaction(() => {
      for (const { wiki, revisionId, content } of texts) this.#insert.run(wiki, revisionId, content)
      while (this.usedBytes > bytesMax && this.#evict.run().changes > 0) {
        // Each turn removes texts, and the loop ends with the last of them.
      }
    })
  }

  delete(wiki: string, revisionId: number): void {
    this.#delete.run(wiki, revisionId)
  }

  /** Deletes so that no byte of the texts is left, neither in free pages nor in the write-ahead log. */
  erase(wiki: string, revisionIds: readonly number[]): void {
    this.#transaction(() => {
      for (const revisionId of revisionIds) this.#delete.run(wiki, revisionId)
    })
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }

  close(): void {
    this.#database.close()
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#database.exec('COMMIT')
    } catch (error) {
      // SQLite has rolled back by itself after some errors, a full disk among them.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }
}

function numberOf(row: Record<string, unknown> | undefined, column: string): number {
  const value = row?.[column]
  if (typeof value !== 'number') throw new TypeError(`SQLite gave no ${column}`)
  return value
}
