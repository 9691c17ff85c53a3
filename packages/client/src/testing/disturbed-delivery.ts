import type { PageHistory } from './page-history.ts'

export interface Delivered {
  readonly history: PageHistory
  /** Which of its changes. */
  readonly index: number
}

const FARTHEST = 6

/**
 * The changes of many pages as one stream that went wrong: joined somewhere on the way, with changes dropped, repeated at
 * once or later, and out of order.
 */
export function disturbedDelivery(
  histories: readonly PageHistory[],
  random: () => number,
): readonly Delivered[] {
  const pages = histories.map((history) => disturbed(history, random))
  const merged: Delivered[] = []
  while (pages.length > 0) {
    const at = Math.floor(random() * pages.length)
    const next = pages[at]?.shift()
    if (next === undefined) pages.splice(at, 1)
    else merged.push(next)
  }
  return merged
}

function disturbed(history: PageHistory, random: () => number): Delivered[] {
  const count = history.changes.length
  const start = random() < 0.5 ? 0 : Math.floor(random() * count)
  const delivered: Delivered[] = []
  for (let index = start; index < count; index++) {
    const fate = random()
    if (fate < 0.1) continue
    delivered.push({ history, index })
    if (fate < 0.2) delivered.push({ history, index: Math.max(0, index - Math.floor(random() * FARTHEST)) })
    else if (fate < 0.3) displace(delivered, Math.floor(random() * FARTHEST))
  }
  return delivered
}

/** Lets the last come earlier by so many places. */
function displace(delivered: Delivered[], places: number): void {
  const [last] = delivered.splice(-1)
  if (last !== undefined) delivered.splice(Math.max(0, delivered.length - places), 0, last)
}
