import { ChangeLogError } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import { type Part, ProtocolError, type SubscriptionRequest } from '@freshet/protocol'
import type { FanoutContext } from '../context.ts'
import type { SharedFilter } from '../matching/shared-filters.ts'
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

/** Throws a `ProtocolError` that says why not. */
export async function admit(
  { log, tail, filters, clock }: FanoutContext,
  { filter, parts, batch, from, until }: SubscriptionRequest,
): Promise<Admission> {
  try {
    const bounds = await log.bounds(CHANGES_TOPIC)
    const start = await startOffsets(log, bounds, from)
    const end = await StreamEnd.of(log, bounds, until, clock())
    tail.hearOfEnds(bounds.map((partition) => partition.end))
    return { filter: filters.acquire(filter), parts, batch, start, end }
  } catch (error) {
    if (!(error instanceof ChangeLogError && error.isRetryable)) throw error
    throw new ProtocolError(
      'log_unavailable',
      'the log cannot be read for now',
      'Try again in a few seconds.',
    )
  }
}
