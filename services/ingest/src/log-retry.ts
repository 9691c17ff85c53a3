import { ChangeLogError } from '@freshet/change-log'
import { type Clock, systemClock } from './clock.ts'
import { logger } from './logger.ts'

const DELAY_MS_MIN = 500
const DELAY_MS_MAX = 5_000

export interface RetryTiming {
  readonly clock: Clock
  /** From 0 up to, and without, 1. */
  readonly random: () => number
}

const systemTiming: RetryTiming = { clock: systemClock, random: Math.random }

/**
 * Tries again for as long as it is the log that cannot be written to (a full disk, no broker), at growing intervals.
 * An attempt that goes on and on calls `worked` whenever the log has done what it was asked, so that the next outage
 * is not waited for as if it were still the last one. Rejects with any other error, and when the signal aborts.
 */
export async function retryWhileLogUnavailable<T>(
  what: string,
  attempt: (worked: () => void) => Promise<T>,
  signal: AbortSignal,
  { clock, random }: RetryTiming = systemTiming,
): Promise<T> {
  let ceilingMs = DELAY_MS_MIN
  const worked = () => {
    ceilingMs = DELAY_MS_MIN
  }
  for (;;) {
    signal.throwIfAborted()
    try {
      return await attempt(worked)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof ChangeLogError && error.isRetryable)) throw error
      const delayMs = ceilingMs * (1 - random() / 2)
      logger.error({ err: error, what, retryDelayMs: Math.round(delayMs) }, 'the log cannot be written to')
      ceilingMs = Math.min(2 * ceilingMs, DELAY_MS_MAX)
      await clock.sleep(delayMs, signal)
    }
  }
}
