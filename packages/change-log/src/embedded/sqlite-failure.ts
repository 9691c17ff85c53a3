import {
  type ChangeLogError,
  LogClosedError,
  LogCorruptError,
  LogUnavailableError,
  UnknownLayoutError,
} from '../errors.ts'

/** Primary result codes, https://sqlite.org/rescode.html; the extended ones have them in their lowest byte. */
const BUSY = 5
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26

/** An error as it crosses from the writer's thread. */
export interface LogFailure {
  readonly kind: 'unavailable' | 'corrupt' | 'layout' | 'unexpected'
  readonly message: string
}

export function failureOf(error: unknown, directory: string): LogFailure {
  if (error instanceof LogUnavailableError) return { kind: 'unavailable', message: error.message }
  if (error instanceof LogCorruptError) return { kind: 'corrupt', message: error.message }
  if (error instanceof UnknownLayoutError) return { kind: 'layout', message: error.message }
  const message = error instanceof Error ? error.message : String(error)
  switch (resultCodeOf(error) ?? fileResultCodeOf(error)) {
    case FULL:
      return {
        kind: 'unavailable',
        message: `the disk of ${directory} is full: free some space, appending works again as soon as there is room`,
      }
    case IOERR:
      return {
        kind: 'unavailable',
        message: `the disk of ${directory} did not take a write (${message}): see whether it is full or failing`,
      }
    case READONLY:
    case CANTOPEN:
      return {
        kind: 'unavailable',
        message: `${directory} cannot be opened for writing (${message}): see that it exists and belongs to this user`,
      }
    case BUSY:
      return {
        kind: 'unavailable',
        message: `another program holds the database in ${directory} (${message}): end it`,
      }
    case CORRUPT:
    case NOTADB:
      return {
        kind: 'corrupt',
        message: `the log in ${directory} is damaged (${message}): restore it from a backup`,
      }
    default:
      return { kind: 'unexpected', message: `the log in ${directory} failed: ${message}` }
  }
}

export function errorOf({ kind, message }: LogFailure, cause?: unknown): ChangeLogError {
  switch (kind) {
    case 'unavailable':
      return new LogUnavailableError(message, { cause })
    case 'corrupt':
      return new LogCorruptError(message, { cause })
    case 'layout':
      return new UnknownLayoutError(message, { cause })
    case 'unexpected':
      return new LogClosedError(message, { cause })
  }
}

/** Whether somebody else holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return resultCodeOf(error) === BUSY
}

/** What befalls a file of blocks, as SQLite calls the same. */
const FILE_RESULT_CODES: Readonly<Record<string, number>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EIO: IOERR,
  EROFS: READONLY,
  EACCES: CANTOPEN,
  EMFILE: CANTOPEN,
}

function fileResultCodeOf(error: unknown): number | undefined {
  const code = (error as Partial<NodeJS.ErrnoException> | null)?.code
  return code === undefined ? undefined : FILE_RESULT_CODES[code]
}

function resultCodeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}
