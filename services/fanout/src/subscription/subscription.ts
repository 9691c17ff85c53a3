import { type ChangeLog, ChangeLogError, OffsetTrimmedError } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import {
  type CloseCode,
  type Cursor,
  decodeCursor,
  isCloseCode,
  isReconnectable,
  ProtocolError,
} from '@freshet/protocol'
import type { SharedFilter } from '../matching/shared-filters.ts'
import { onBrokenPromise, onClosing, onGap, onLogUnreadable } from '../metrics.ts'
import type { Representation } from '../representation/representation.ts'
import { RetryDelay } from '../retry-delay.ts'
import type { Tail } from '../tail/tail.ts'
import { WakeUp } from '../wake-up.ts'
import type { Broadcast } from './broadcast.ts'
import { CatchingUp } from './catching-up.ts'
import type { Delivery } from './delivery.ts'
import { Live } from './live.ts'
import { type SlowSubscriberLimits, SlowSubscriberRule } from './slow-subscriber-rule.ts'
import type { StreamEnd } from './stream-end.ts'

export interface SubscriptionOptions {
  readonly log: ChangeLog
  readonly tail: Tail
  readonly broadcast: Broadcast
  readonly delivery: Delivery
  readonly end: StreamEnd
  readonly readBatchBytesMax: number
  readonly progressIntervalMs: number
  readonly slow: SlowSubscriberLimits
  readonly clock: () => number
  /** Called once, when nothing more will be delivered; undefined when it was not the server that ended it. */
  readonly onEnd: (closing: Closing | undefined) => void
}

/** Why the server ends a subscription. */
export interface Closing {
  readonly code: CloseCode
  readonly reason: string
}

type SubscriptionState = CatchingUp | Live | Ended

/** `draining`: the last frame is written, and on its way. */
interface Ended {
  readonly type: 'draining' | 'closed'
  readonly cursor: Cursor
}

export interface Lag {
  readonly records: number
  /** null while no record has been passed. */
  readonly ms: number | null
}

/**
 * One partner's filter, projection and place in the stream. It pulls: it takes the next records when there is room on
 * the way out, and otherwise only falls behind.
 */
export class Subscription {
  readonly #options: SubscriptionOptions
  /** Ends reading; there is none while it is live, when most subscriptions do nothing but wait. */
  #reading: AbortController | undefined
  readonly #wakeUp = new WakeUp()
  readonly #slowRule: SlowSubscriberRule
  readonly #retryDelay = new RetryDelay()
  #state: SubscriptionState
  /** How many records had been passed when the partner was told that the log cannot be read; undefined once it can be again. */
  #outageAtRecords: number | undefined

  /** `start`: per partition, what is to be read first. */
  constructor(options: SubscriptionOptions, start: readonly bigint[]) {
    this.#options = options
    this.#slowRule = new SlowSubscriberRule(options.slow)
    this.#state = this.#catchingUpFrom(start)
  }

  get state(): SubscriptionState['type'] {
    return this.#state.type
  }

  /** Where the partner goes on once it has everything that was written. */
  get cursor(): Cursor {
    return this.#state.cursor
  }

  get representation(): Representation {
    return this.#options.delivery.representation
  }

  /** When the partner was last sent anything. */
  get toldMs(): number {
    return this.#options.delivery.toldMs
  }

  /** Delivers until it is ended, from outside or because the end is reached. */
  run(): void {
    this.#tellProgress()
    this.#tellWatchLists()
    this.renewFilter()
    void this.#deliver()
  }

  /** Never rejects. Resolves also when there is nothing to do until the wake-up rings: most subscriptions wait most of the time. */
  async #deliver(): Promise<void> {
    for (
      let state = this.#state;
      state.type === 'catching-up' || state.type === 'live';
      state = this.#state
    ) {
      try {
        if (state.type === 'catching-up') await this.#catchUp(state)
        else if (!(await state.run())) this.#fallBack(state)
        else {
          this.#wakeUp.onceRung(() => void this.#deliver())
          return
        }
      } catch (error) {
        await this.#recover(state, error)
      }
    }
  }

  /** What is delivered after the cursor returned is filtered and rendered in the new way; undefined: as before. */
  update(filter: SharedFilter | undefined, representation: Representation | undefined): Cursor {
    if (this.#state.type === 'live') this.#state.leave()
    this.#options.delivery.change(filter, representation)
    if (filter !== undefined) this.#tellWatchLists()
    return this.cursor
  }

  /** Has the filter go by the watch-lists as they are now; ends when one that it names is gone. */
  renewFilter(): void {
    if (this.#isOver) return
    try {
      const renewed = this.#options.delivery.filter.renew()
      if (renewed !== undefined) this.update(renewed, undefined)
    } catch (error) {
      if (!(error instanceof ProtocolError && isCloseCode(error.code))) throw error
      this.close(error.code, error.message)
    }
  }

  lag(nowMs: number): Lag {
    const state = this.#state
    if (state.type !== 'catching-up' && state.type !== 'live') return { records: 0, ms: 0 }
    const records = state.lagRecords
    const { passedTimestampMs } = this.#options.delivery
    if (records === 0) return { records, ms: 0 }
    return { records, ms: passedTimestampMs === undefined ? null : Math.max(0, nowMs - passedTimestampMs) }
  }

  /** To be called every second or so. */
  tick(nowMs: number, isLogReadable: boolean): void {
    if (this.#isOver) return
    if (this.#state.type === 'live') this.#state.account()
    const { delivery, end, progressIntervalMs } = this.#options
    if (end.isDue(nowMs)) this.#wakeUp.ring()
    if (!isLogReadable && delivery.hasRoom) this.#tellOutage()
    else if (isLogReadable && delivery.hasRoom) this.#tellRecovery()
    const { isBlocked, passedRecords, toldCursor, toldMs } = delivery
    const { records: lagRecords, ms: lagMs } = this.lag(nowMs)
    if (this.#slowRule.isTooSlow({ nowMs, isBlocked, passedRecords, lagRecords, lagMs })) {
      this.close('too_slow', 'far behind, and hardly reading')
    } else if (nowMs - toldMs >= progressIntervalMs && delivery.hasRoom) {
      if (toldCursor !== this.cursor || this.#outageAtRecords !== undefined) this.#tellProgress()
    }
  }

  /** Tells how far it has come. */
  tellProgress(): void {
    if (!this.#isOver && this.#options.delivery.hasRoom) this.#tellProgress()
  }

  /** Says why, and delivers nothing more. */
  close(code: CloseCode, reason: string): void {
    if (this.#isOver) return
    onClosing(code, reason)
    const { cursor } = this
    this.#options.delivery.control({
      type: 'closing',
      code,
      reason,
      reconnect: isReconnectable(code),
      cursor,
    })
    this.#stop({ type: 'draining', cursor }, { code, reason })
  }

  /** Delivers nothing more, without a word: the partner asked for it, or is gone. */
  end(): void {
    if (!this.#isOver) this.#stop({ type: 'closed', cursor: this.cursor }, undefined)
    else this.#state = { type: 'closed', cursor: this.cursor }
  }

  get #isOver(): boolean {
    return this.#state.type === 'draining' || this.#state.type === 'closed'
  }

  #stop(state: Ended, closing: Closing | undefined): void {
    if (this.#state.type === 'live') this.#state.stop()
    this.#state = state
    this.#reading?.abort()
    this.#wakeUp.ring()
    this.#options.tail.forget(this.#wakeUp)
    this.#options.delivery.release()
    this.#options.onEnd(closing)
  }

  async #catchUp(state: CatchingUp): Promise<void> {
    const { log, end, clock } = this.#options
    await end.settle(log, clock())
    const sequence = await state.run()
    if (this.#isOver) return
    if (sequence !== undefined) {
      this.#reading = undefined
      this.#state = new Live(this.#options, this.#wakeUp, sequence, state.cursor)
      this.#tellProgress()
    } else if (end.isReachedBy(state.offsets)) {
      this.close('complete', 'everything up to "until" is delivered')
    }
  }

  #fallBack(state: Live): void {
    if (this.#isOver) return
    const { log, tail } = this.#options
    const start = decodeCursor(state.cursor, { id: log.id, ends: tail.ends })
    this.#state = this.#catchingUpFrom(start)
  }

  #catchingUpFrom(start: readonly bigint[]): CatchingUp {
    this.#reading = new AbortController()
    return new CatchingUp({ ...this.#options, wakeUp: this.#wakeUp, signal: this.#reading.signal }, start)
  }

  /** Goes on where the log allows it, waits where it has to be waited for, and gives up for other reasons. */
  async #recover(state: CatchingUp | Live, error: unknown): Promise<void> {
    if (this.#isOver) return
    try {
      if (!(error instanceof OffsetTrimmedError && state.type === 'catching-up')) throw error
      await this.#skipTrimmed(state)
    } catch (cause) {
      if (cause instanceof ChangeLogError && cause.isRetryable) await this.#waitForLog(cause)
      else {
        onBrokenPromise(cause)
        this.close('internal_error', 'the server failed; it has been noted')
      }
    }
  }

  async #skipTrimmed(state: CatchingUp): Promise<void> {
    const bounds = await this.#options.log.bounds(CHANGES_TOPIC)
    if (this.#isOver) return
    const from = state.cursor
    for (const [partition, { earliest }] of bounds.entries()) {
      state.skipTo(partition, earliest)
    }
    const to = state.cursor
    if (to === from) throw new Error(`the log has trimmed what is next at ${from}, and says that it has not`)
    const remedy =
      'Changes between the two cursors are no longer kept. Fetch the pages you hold that may have changed in that time; the stream goes on at "to".'
    this.#options.delivery.control({ type: 'gap', from, to, reason: 'retention', remedy })
    onGap('retention', from, to)
  }

  async #waitForLog(error: ChangeLogError): Promise<void> {
    onLogUnreadable(error)
    this.#tellOutage()
    await this.#wakeUp.sleep(this.#retryDelay.nextMs())
  }

  /** Once for each outage. */
  #tellOutage(): void {
    const { delivery } = this.#options
    if (this.#outageAtRecords === delivery.passedRecords) return
    this.#outageAtRecords = delivery.passedRecords
    this.#retryDelay.reset()
    delivery.control({
      type: 'error',
      code: 'log_unavailable',
      message: 'the log cannot be read for now',
      help: 'Stay connected: the stream goes on by itself, without loss.',
    })
  }

  /** The log can be read. One that reads it by itself has to have found so, too: the tail may follow other brokers. */
  #tellRecovery(): void {
    const state = this.#state
    const { delivery, tail } = this.#options
    if (this.#outageAtRecords === undefined) return
    const isFailing =
      state.type === 'catching-up' &&
      this.#outageAtRecords === delivery.passedRecords &&
      !tail.holds(state.offsets)
    if (isFailing) return
    this.#outageAtRecords = undefined
    this.#tellProgress()
  }

  #tellProgress(): void {
    const state = this.#state
    if (state.type !== 'catching-up' && state.type !== 'live') return
    const { records, ms } = this.lag(this.#options.clock())
    this.#options.delivery.control({
      type: 'progress',
      cursor: state.cursor,
      state: state.type,
      lagRecords: records,
      lagMs: ms,
      logUnavailable: this.#outageAtRecords === undefined ? undefined : true,
    })
  }

  /** Those that the filter goes by from here on. */
  #tellWatchLists(): void {
    const { delivery } = this.#options
    const lists = [...delivery.filter.watchLists.values()]
    if (lists.length === 0) return
    const watchLists = lists.map(({ name, of, entries, version }) => ({ name, of, entries, version }))
    delivery.announce({ type: 'watch-lists', cursor: this.cursor, watchLists })
  }
}
