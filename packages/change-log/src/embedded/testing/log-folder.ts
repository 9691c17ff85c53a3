import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import type { ChangeLogError } from '../../errors.ts'
import { EmbeddedChangeLog } from '../embedded-change-log.ts'
import { databaseFile } from '../layout.ts'

/** A folder that is removed when the test is over. */
export function newFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'freshet-log-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

export interface WriterOverrides {
  readonly retentionSweepIntervalMs?: number
  readonly onMaintenanceFailure?: (error: ChangeLogError) => void
}

/** A log opened for writing, closed when the test is over. It sweeps when it is told to only, and its maintenance must not fail. */
export async function openWriter(
  directory: string,
  overrides: WriterOverrides = {},
): Promise<EmbeddedChangeLog> {
  const log = await EmbeddedChangeLog.open({
    mode: 'write',
    directory,
    retentionSweepIntervalMs: 3_600_000,
    onMaintenanceFailure: (error) => {
      throw error
    },
    ...overrides,
  })
  onTestFinished(() => log[Symbol.asyncDispose]())
  return log
}

export async function openReader(directory: string): Promise<EmbeddedChangeLog> {
  const log = await EmbeddedChangeLog.open({ mode: 'read', directory })
  onTestFinished(() => log[Symbol.asyncDispose]())
  return log
}

/** Looks at, or does damage to, what is stored. */
export function withDatabase<Result>(directory: string, use: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(databaseFile(directory))
  try {
    return use(database)
  } finally {
    database.close()
  }
}

export function blockCount(directory: string): number {
  return withDatabase(directory, (database) =>
    Number(database.prepare('SELECT count(*) AS count FROM blocks').get()?.count),
  )
}
