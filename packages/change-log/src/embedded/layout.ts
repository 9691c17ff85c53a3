import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LogCorruptError, LogUnavailableError, UnknownLayoutError } from '../errors.ts'

/** "FrLg": says that the file is one of ours. */
const APPLICATION_ID = 0x46724c67

/** Of the tables below and of the blocks in them. A version that changes them has another number. */
const LAYOUT_VERSION = 2

/** Large enough that a block is a short chain of pages, small enough that a single record does not write much more than itself. */
export const PAGE_BYTES = 8192

/** How long a statement waits for a lock, which only other programs and a closing writer ever hold. */
const LOCK_TIMEOUT_MS = 2000

/** What the write-ahead log is cut down to after a checkpoint. */
const WAL_KEPT_BYTES = 64 * 1024 * 1024

/**
 * `partitions.id` counts over all topics. Offsets below `merged_to` lie in blocks that are never merged again, those
 * below `compacted_to` have been compacted once. A block reaches from its base offset (in its id) to `last_offset`; its
 * times are the ones of its first and last record as they were appended. Its bytes are here or in a file.
 */
const TABLES = `
  CREATE TABLE log (id TEXT NOT NULL);
  CREATE TABLE topics (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    cleanup TEXT NOT NULL,
    retention_ms REAL,
    retention_bytes REAL
  );
  CREATE TABLE partitions (
    id INTEGER PRIMARY KEY,
    topic_id INTEGER NOT NULL REFERENCES topics,
    earliest INTEGER NOT NULL DEFAULT 0,
    end INTEGER NOT NULL DEFAULT 0,
    last_ms REAL NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    merged_to INTEGER NOT NULL DEFAULT 0,
    compacted_to INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE blocks (
    id INTEGER PRIMARY KEY,
    last_offset INTEGER NOT NULL,
    first_ms REAL NOT NULL,
    last_ms REAL NOT NULL,
    length INTEGER NOT NULL,
    bytes BLOB,
    file INTEGER,
    position INTEGER
  );
  CREATE INDEX blocks_in_files ON blocks (file) WHERE file IS NOT NULL;
  CREATE TABLE positions (
    group_name TEXT NOT NULL,
    partition_id INTEGER NOT NULL REFERENCES partitions,
    next INTEGER NOT NULL,
    PRIMARY KEY (group_name, partition_id)
  ) WITHOUT ROWID;
`

export function databaseFile(directory: string): string {
  return join(directory, 'log.db')
}

/** Opens the log of a folder for its only writer, and makes it when there is none. */
export function openForWriting(directory: string): DatabaseSync {
  const database = new DatabaseSync(databaseFile(directory), { timeout: LOCK_TIMEOUT_MS })
  try {
    const isNew = isEmpty(database)
    if (!isNew) checkLayout(database, directory)
    database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`)
    database.exec(`PRAGMA journal_size_limit = ${WAL_KEPT_BYTES}`)
    // The writer checkpoints by itself, after it has acknowledged: see `Checkpoints`.
    database.exec('PRAGMA wal_autocheckpoint = 0')
    if (isNew) create(database)
    ensureId(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Opens the log of a folder beside its writer. Throws `LogUnavailableError` when there is none yet. */
export function openForReading(directory: string): DatabaseSync {
  if (!existsSync(databaseFile(directory))) throw noLogYet(directory)
  const database = new DatabaseSync(databaseFile(directory), { readOnly: true, timeout: LOCK_TIMEOUT_MS })
  try {
    if (isEmpty(database)) throw noLogYet(directory)
    checkLayout(database, directory)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

export function readLogId(database: DatabaseSync): string {
  const id = database.prepare('SELECT id FROM log').get()?.id
  if (typeof id !== 'string') throw new LogCorruptError('the log has lost its identity')
  return id
}

/** The one integer that a PRAGMA or a count answers. */
export function integerOf(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0])
}

function isEmpty(database: DatabaseSync): boolean {
  return integerOf(database, 'SELECT count(*) FROM sqlite_schema') === 0
}

function checkLayout(database: DatabaseSync, directory: string): void {
  const version = integerOf(database, 'PRAGMA user_version')
  if (integerOf(database, 'PRAGMA application_id') !== APPLICATION_ID) {
    throw new UnknownLayoutError(`${databaseFile(directory)} is a database of another program`)
  }
  if (version !== LAYOUT_VERSION) {
    throw new UnknownLayoutError(
      `the log in ${directory} has layout ${version}, and this version knows ${LAYOUT_VERSION}: start the version that wrote it`,
    )
  }
}

/** In one transaction, so that a log either is complete or does not exist yet. */
function create(database: DatabaseSync): void {
  database.exec(`
    BEGIN IMMEDIATE;
    ${TABLES}
    PRAGMA application_id = ${APPLICATION_ID};
    PRAGMA user_version = ${LAYOUT_VERSION};
    COMMIT;
  `)
}

/** A log without an identity is new, or was restored from a backup by someone who removed it on purpose. */
function ensureId(database: DatabaseSync): void {
  const id = randomBytes(9).toString('base64url')
  database.prepare('INSERT INTO log (id) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM log)').run(id)
}

function noLogYet(directory: string): LogUnavailableError {
  return new LogUnavailableError(`there is no log in ${directory} yet: the process that writes makes it`)
}
