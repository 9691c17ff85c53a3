import { CHANGES_TOPIC } from '@freshet/events'
import { type Filter, type Part, type SubscriptionRequest, watchListNames } from '@freshet/protocol'
import type { FanoutContext } from '../context.ts'
import type { SharedFilter } from '../matching/shared-filters.ts'
import { servedByLog } from '../served-by-log.ts'
import { startOffsets } from './start-offsets.ts'
import { StreamEnd } from './stream-end.ts'

/** A request that can be served: its place in the log is pinned. The filter is released by whoever takes it. */
export interface Admission {
  readonly filter: SharedFilter
  readonly parts: readonly Part[]
  readonly batch: number
  readonly start: readonly bigint[]
  readonly end: StreamEnd
}

/** Rejects with a `ProtocolError` that says why not. */
export function admit(context: FanoutContext, request: SubscriptionRequest): Promise<Admission> {
  const { log, tail, clock } = context
  const { filter, parts, batch, from, until } = request
  return servedByLog(async () => {
    await hearOfWatchLists(context, filter)
    const bounds = await log.bounds(CHANGES_TOPIC)
    const start = await startOffsets(log, bounds, from)
    const end = await StreamEnd.of(log, bounds, until, clock())
    tail.hearOfEnds(bounds.map((partition) => partition.end))
    return { filter: context.filters.acquire(filter), parts, batch, start, end }
  })
}

/** As part of `admit`, for a subscription that there is. */
export function admitFilter(context: FanoutContext, filter: Filter): Promise<SharedFilter> {
  return servedByLog(async () => {
    await hearOfWatchLists(context, filter)
    return context.filters.acquire(filter)
  })
}

/** A list that was stored a moment ago, by whichever server, is one that may be named. */
async function hearOfWatchLists({ watchLists }: FanoutContext, filter: Filter): Promise<void> {
  if (watchListNames(filter).length > 0) await watchLists.caughtUp()
}
