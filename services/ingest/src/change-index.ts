import { hash } from 'node:crypto'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { ChangeLog, LogRecord, RecordPosition } from '@freshet/change-log'
import {
  CHANGES_TOPIC,
  type Core,
  decodePartLayout,
  ID_HEADER,
  PARTS_HEADER,
  projectParts,
} from '@freshet/events'

/** Bytes of an id's digest: enough that two of a billion ids do not meet. */
const DIGEST_BYTES = 16
const CATCH_UP_BATCH_BYTES = 1024 * 1024

/** What is remembered of a change. */
export interface IndexedChange {
  readonly id: string
  /** Undefined for changes that make no revision, or whose source does not tell page or digest. */
  readonly revision: PageRevision | undefined
}

export interface PageRevision {
  readonly wiki: string
  readonly pageId: number
  readonly revisionId: number
  /** Of the revision, in base 36. */
  readonly sha1: string
}

/** A page's revisions that are remembered, to find out what a revert undoes. */
export const PAGE_REVISIONS_MAX = 50

/**
 * What is known of the changes in the log: their ids, so that an edit taken in again makes no second change, and the
 * digests of each page's last revisions.
 *
 * Derived from the log and never ahead of it: `catchUp` reads what was committed since, by whomever. It may be deleted
 * at any time and is rebuilt. On disk because it grows with the retention of `changes` (about 150 bytes a change);
 * `prune` forgets what retention has removed.
 */
export class ChangeIndex implements Disposable {
  readonly #log: ChangeLog
  readonly #database: DatabaseSync
  readonly #find: StatementSync
  readonly #insert: StatementSync
  readonly #advance: StatementSync
  readonly #findRevisions: StatementSync
  readonly #insertRevision: StatementSync

  constructor(log: ChangeLog, path: string) {
    this.#log = log
    this.#database = openDatabase(path, log.id)
    this.#find = this.#database.prepare('SELECT 1 FROM seen WHERE digest = ?')
    this.#insert = this.#database.prepare('INSERT OR IGNORE INTO seen VALUES (?, ?, ?)')
    this.#findRevisions = this.#database.prepare(
      'SELECT revision, sha1 FROM revisions WHERE wiki = ? AND page = ? ORDER BY offset DESC LIMIT ?',
    )
    this.#insertRevision = this.#database.prepare('INSERT OR IGNORE INTO revisions VALUES (?, ?, ?, ?, ?, ?)')
    this.#advance = this.#database.prepare('INSERT OR REPLACE INTO progress VALUES (?, ?)')
  }

  has(id: string): boolean {
    return this.#find.get(digestOf(id)) !== undefined
  }

  /** The last revisions of a page, oldest first. */
  revisionsOf(wiki: string, pageId: number): readonly PageRevision[] {
    return this.#findRevisions
      .all(wiki, pageId, PAGE_REVISIONS_MAX)
      .map(({ revision, sha1 }) => ({ wiki, pageId, revisionId: Number(revision), sha1: String(sha1) }))
      .reverse()
  }

  /** Remembers changes that were just committed, at the positions they got. */
  add(changes: readonly IndexedChange[], positions: readonly RecordPosition[]): void {
    this.#inTransaction(() => {
      for (const [index, change] of changes.entries()) {
        const position = positions[index]
        if (position === undefined) throw new Error(`no position was given for ${change.id}`)
        this.#remember(change, position.partition, position.offset)
        this.#advance.run(position.partition, position.offset + 1n)
      }
    })
  }

  /** Reads what `changes` has beyond what is known here. */
  async catchUp(signal: AbortSignal): Promise<void> {
    const bounds = await this.#log.bounds(CHANGES_TOPIC)
    const from = this.#progress(bounds.map(({ earliest }) => earliest))
    const missing = new Set(
      bounds.keys().filter((partition) => (from[partition] ?? 0n) < (bounds[partition]?.end ?? 0n)),
    )
    if (missing.size === 0) return
    const done = new AbortController()
    const read = this.#log.read({
      topic: CHANGES_TOPIC,
      from,
      batchBytesMax: CATCH_UP_BATCH_BYTES,
      signal: AbortSignal.any([signal, done.signal]),
    })
    for await (const { partition, records, nextOffset } of read) {
      this.#inTransaction(() => {
        for (const record of records) this.#remember(indexedChangeOf(record), partition, record.offset)
        this.#advance.run(partition, nextOffset)
      })
      if (nextOffset >= (bounds[partition]?.end ?? 0n)) missing.delete(partition)
      if (missing.size === 0) done.abort()
    }
  }

  /** Forgets ids whose changes retention has removed. */
  async prune(): Promise<void> {
    const bounds = await this.#log.bounds(CHANGES_TOPIC)
    for (const table of ['seen', 'revisions']) {
      const forget = this.#database.prepare(`DELETE FROM ${table} WHERE partition = ? AND offset < ?`)
      for (const [partition, { earliest }] of bounds.entries()) forget.run(partition, earliest)
    }
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  #remember({ id, revision }: IndexedChange, partition: number, offset: bigint): void {
    this.#insert.run(digestOf(id), partition, offset)
    if (revision === undefined) return
    const { wiki, pageId, revisionId, sha1 } = revision
    this.#insertRevision.run(wiki, pageId, revisionId, sha1, partition, offset)
  }

  #progress(earliest: readonly bigint[]): bigint[] {
    const known = new Map<number, bigint>()
    for (const row of this.#database.prepare('SELECT partition, next FROM progress').all()) {
      known.set(Number(row.partition), BigInt(row.next as number))
    }
    return earliest.map((first, partition) => {
      const next = known.get(partition) ?? 0n
      return next > first ? next : first
    })
  }

  #inTransaction(work: () => void): void {
    this.#database.exec('BEGIN')
    try {
      work()
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }
}

/** An index of another log's changes is of no use: it is begun anew. */
function openDatabase(path: string, logId: string): DatabaseSync {
  const database = new DatabaseSync(path)
  // NORMAL can lose the last transactions in a power cut, which `catchUp` reads again; it cannot corrupt.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  database.exec('CREATE TABLE IF NOT EXISTS origin (log TEXT)')
  if (database.prepare('SELECT 1 FROM origin WHERE log = ?').get(logId) === undefined) {
    database.exec(`
      DROP TABLE IF EXISTS seen; DROP TABLE IF EXISTS revisions; DROP TABLE IF EXISTS progress; DELETE FROM origin;
      CREATE TABLE seen (digest BLOB PRIMARY KEY, partition INTEGER, offset INTEGER) WITHOUT ROWID;
      CREATE INDEX seen_by_position ON seen (partition, offset);
      CREATE TABLE revisions (
        wiki TEXT, page INTEGER, revision INTEGER, sha1 TEXT, partition INTEGER, offset INTEGER,
        PRIMARY KEY (wiki, page, offset)
      ) WITHOUT ROWID;
      CREATE INDEX revisions_by_position ON revisions (partition, offset);
      CREATE TABLE progress (partition INTEGER PRIMARY KEY, next INTEGER);
    `)
    database.prepare('INSERT INTO origin VALUES (?)').run(logId)
  }
  return database
}

function indexedChangeOf({ headers, value }: LogRecord): IndexedChange {
  const id = Buffer.from(headers[ID_HEADER] ?? new Uint8Array()).toString()
  const layout = headers[PARTS_HEADER]
  if (value === null || layout === undefined) return { id, revision: undefined }
  const core = Buffer.concat(projectParts(value, decodePartLayout(layout), new Set()))
  return { id, revision: pageRevisionOf(JSON.parse(core.toString()) as Core) }
}

/** The revision that a change made, when all of it is known. */
export function pageRevisionOf({ wiki, page, revision }: Pick<Core, 'wiki' | 'page' | 'revision'>) {
  if (page.id === null || revision === null || revision.sha1 === null) return undefined
  return { wiki, pageId: page.id, revisionId: revision.id, sha1: revision.sha1 }
}

function digestOf(id: string): Uint8Array {
  return hash('sha256', id, 'buffer').subarray(0, DIGEST_BYTES)
}
