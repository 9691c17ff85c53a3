const FIRST_MS = 500
const LONGEST_MS = 30_000

/**
 * Longest wait that a server can impose with `Retry-After`: a mistyped header must not switch a wiki off for a year.
 * Past it we ask once more, and are told again.
 */
const IMPOSED_MS_MAX = 5 * 60_000

/**
 * How long to wait before try number `failures + 1`, in ms: doubling from half a second to half a minute, each with up
 * to half of itself taken off at random, so that those who failed together do not come back together.
 */
export function retryDelayMs(failures: number, random: () => number): number {
  const fullMs = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS)
  return fullMs * (1 - random() / 2)
}

/** The wait that the server named, in ms, never less than the shortest back-off; the jitter comes on top of it. */
export function imposedDelayMs(retryAfterMs: number, random: () => number): number {
  return Math.min(Math.max(retryAfterMs, FIRST_MS), IMPOSED_MS_MAX) + random() * FIRST_MS
}
