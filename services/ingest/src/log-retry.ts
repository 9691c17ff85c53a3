import { ChangeLogError } from '@freshet/change-log'
import pRetry from 'p-retry'
import { logger } from './logger.ts'

const DELAY_MS_MAX = 10_000

/**
 * Tries again for as long as it is the log that cannot be written to (a full disk, no broker), at growing intervals.
 * Rejects with any other error, and when the signal aborts.
 */
export function retryWhileLogUnavailable<T>(
  what: string,
  attempt: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  return pRetry(attempt, {
    signal,
    retries: Number.POSITIVE_INFINITY,
    maxTimeout: DELAY_MS_MAX,
    randomize: true,
    shouldRetry: ({ error }) => error instanceof ChangeLogError && error.isRetryable,
    onFailedAttempt: ({ error, retryDelay }) =>
      logger.error(
        { err: error, what, retryDelayMs: Math.round(retryDelay) },
        'the log cannot be written to',
      ),
  })
}
