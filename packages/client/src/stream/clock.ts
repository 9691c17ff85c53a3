/** Time as a stream sees it, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves when the time is over, or at once when the signal aborts; never rejects. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>
}

export interface StreamTiming {
  readonly clock: Clock
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number
}

/** Timers fire at once when asked for more than this. */
const DELAY_MS_MAX = 2 ** 31 - 1

const systemClock: Clock = {
  now: Date.now,
  sleep: (delayMs, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, Math.min(delayMs, DELAY_MS_MAX))
      signal.addEventListener('abort', end)
    }),
}

export const systemTiming: StreamTiming = { clock: systemClock, random: Math.random }
