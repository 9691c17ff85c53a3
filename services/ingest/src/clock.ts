import { setTimeout as timeout } from 'node:timers/promises'

/** Time as a source sees it, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves when the time is over, or at once when the signal aborts; never rejects. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>
}

/** Node's timers fire at once when asked for more than 2^31 ms, so a long sleep is taken in days. */
const NAP_MS_MAX = 24 * 60 * 60 * 1_000

export const systemClock: Clock = {
  now: Date.now,
  async sleep(delayMs, signal) {
    const endMs = Date.now() + delayMs
    while (!signal.aborted) {
      const leftMs = endMs - Date.now()
      if (leftMs <= 0) return
      await timeout(Math.min(leftMs, NAP_MS_MAX), undefined, { signal }).catch(() => undefined)
    }
  },
}
