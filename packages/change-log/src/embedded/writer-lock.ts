import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LogLockedError } from '../errors.ts'

/**
 * Keeps a second writer out of a folder: an exclusive transaction that stays open in a database of its own. The kernel
 * releases its file lock with the process, however that ends, so a lock is never left behind.
 */
export class WriterLock implements Disposable {
  readonly #database: DatabaseSync

  private constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Throws `LogLockedError` when somebody writes to this folder already. */
  static acquire(directory: string): WriterLock {
    const database = new DatabaseSync(join(directory, 'writer-lock.db'), { timeout: 0 })
    const holderFile = join(directory, 'writer.pid')
    try {
      database.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      database.close()
      throw new LogLockedError(
        `${directory} is being written to by ${holderOf(holderFile)}: stop that first, or open it for reading`,
        { cause: error },
      )
    }
    // Only for the message above; nobody relies on it.
    writeFileSync(holderFile, `${process.pid}\n`)
    return new WriterLock(database)
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }
}

function holderOf(holderFile: string): string {
  try {
    return `process ${readFileSync(holderFile, 'utf8').trim()}`
  } catch {
    return 'another process'
  }
}
