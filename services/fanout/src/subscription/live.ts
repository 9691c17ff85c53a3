import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Cursor } from '@freshet/protocol'
import type { WakeUp } from '../wake-up.ts'
import type { Broadcast } from './broadcast.ts'
import type { BroadcastGroup, BroadcastMember, TailPlace } from './broadcast-group.ts'
import { type ReaderOptions, SCAN_RECORDS_MAX } from './catching-up.ts'
import type { Delivery } from './delivery.ts'

export interface LiveOptions extends Omit<ReaderOptions, 'log' | 'readBatchBytesMax' | 'signal' | 'wakeUp'> {
  readonly broadcast: Broadcast
}

/**
 * Has all that the tail has before a sequence number, so its cursor and its frames are the tail's. While it keeps up it
 * is a member of the broadcast; after that it passes by itself what it missed, until it is one again.
 */
export class Live implements BroadcastMember {
  readonly type = 'live'
  readonly #options: LiveOptions
  readonly #wakeUp: WakeUp
  #isStopped = false
  /** Whether it waits for the wake-up, and the broadcast may deliver to it meanwhile. */
  #isWaiting = false
  #sequence: number
  #cursor: Cursor
  /** What delivers to it at present. */
  #group: BroadcastGroup | undefined

  /** `sequence` was the tail's next one when it was at `cursor`; it may have gone on since. */
  constructor(options: LiveOptions, wakeUp: WakeUp, sequence: number, cursor: Cursor) {
    this.#options = options
    this.#wakeUp = wakeUp
    this.#sequence = sequence
    this.#cursor = cursor
  }

  get delivery(): Delivery {
    return this.#options.delivery
  }

  get sequence(): number {
    return this.#place?.sequence ?? this.#sequence
  }

  get cursor(): Cursor {
    return this.#place?.cursor ?? this.#cursor
  }

  /** Behind the tail, and with the tail behind the log. */
  get lagRecords(): number {
    const { tail } = this.#options
    return tail.nextSequence - this.sequence + tail.lagRecords
  }

  /**
   * Follows the tail until that has let go of what is next, the end is due, or it is stopped. Resolves with true when
   * there is nothing to do by itself until the wake-up rings; then it is to be called again.
   */
  async run(): Promise<boolean> {
    const { tail, delivery, end, clock } = this.#options
    if (this.#isWaiting) this.#goOn()
    while (!this.#isStopped && !end.isDue(clock()) && this.#sequence >= tail.firstSequence) {
      this.passEntries()
      if (!delivery.hasRoom) await delivery.room()
      else if (this.#sequence < tail.nextSequence) await nextTurn()
      else {
        this.#wait()
        return true
      }
    }
    return false
  }

  /** Counts as passed what the broadcast has delivered so far. */
  account(): void {
    const place = this.#place
    if (place === undefined) return
    const records = place.sequence - this.#sequence
    if (records > 0) this.delivery.passed(records, place.timestampMs)
    this.#sequence = place.sequence
    this.#cursor = place.cursor
  }

  /** Nothing is delivered any more. */
  stop(): void {
    this.#isStopped = true
    this.leave()
  }

  /** Has the broadcast deliver nothing more for now. Before filter or representation change. */
  leave(): void {
    this.#options.broadcast.leave(this)
    this.dropped()
  }

  joined(group: BroadcastGroup): void {
    this.#group = group
  }

  dropped(): void {
    this.account()
    this.#group = undefined
    this.#wakeUp.ring()
  }

  passEntries(): void {
    const { tail, delivery, end } = this.#options
    const stop = this.#sequence + SCAN_RECORDS_MAX
    while (this.#sequence < stop && delivery.hasRoom) {
      const entry = tail.entryAt(this.#sequence)
      if (entry === undefined || end.isPassedBy(entry)) break
      delivery.passEntry(entry, tail, this.#cursor)
      this.#cursor = entry.cursor
      this.#sequence++
    }
    delivery.flush(true)
  }

  get #place(): TailPlace | undefined {
    return this.#group && this.#options.broadcast.placeOf(this.#group)
  }

  #wait(): void {
    const { tail, end, broadcast } = this.#options
    this.#isWaiting = true
    this.#cursor = tail.cursor
    if (end.isNever) broadcast.join(this)
    else tail.ringAfter(this.#sequence, this.#wakeUp)
  }

  #goOn(): void {
    this.#isWaiting = false
    this.#options.broadcast.leave(this)
    this.account()
    this.#group = undefined
  }
}
