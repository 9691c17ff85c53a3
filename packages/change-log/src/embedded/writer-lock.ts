import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LogLockedError } from '../errors.ts'
import { errorOf, failureOf, isBusy } from './sqlite-failure.ts'

/**
 * Keeps a second writer out of a folder: an exclusive transaction that stays open in a database of its own. The kernel
 * releases its file lock with the process, however that ends, so a lock is never left behind.
 */
export class WriterLock implements Disposable {
  readonly #database: DatabaseSync

  private constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Throws `LogLockedError` when somebody writes to this folder already, `LogUnavailableError` when it cannot be written to. */
  static acquire(directory: string): WriterLock {
    const holderFile = join(directory, 'writer.pid')
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(join(directory, 'writer-lock.db'), { timeout: 0 })
      database.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      database?.close()
      if (!isBusy(error)) throw errorOf(failureOf(error, directory), error)
      throw new LogLockedError(
        `${directory} is being written to by ${holderOf(holderFile)}: stop that first, or open it for reading`,
        { cause: error },
      )
    }
    nameHolder(holderFile)
    return new WriterLock(database)
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }
}

/** Only for the message above; nobody relies on it, so a full disk is no reason not to open. */
function nameHolder(holderFile: string): void {
  try {
    writeFileSync(holderFile, `${process.pid}\n`)
  } catch {
    rmSync(holderFile, { force: true })
  }
}

function holderOf(holderFile: string): string {
  try {
    return `process ${readFileSync(holderFile, 'utf8').trim()}`
  } catch {
    return 'another process'
  }
}
