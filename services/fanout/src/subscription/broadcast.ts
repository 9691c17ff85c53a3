import type { Cursor } from '@freshet/protocol'
import type { SharedFilters } from '../matching/shared-filters.ts'
import { onGap } from '../metrics.ts'
import type { Tail } from '../tail/tail.ts'
import type { TailEntry } from '../tail/tail-entry.ts'
import { WakeUp } from '../wake-up.ts'
import { BroadcastGroup, type BroadcastMember } from './broadcast-group.ts'

export interface BroadcastOptions {
  readonly tail: Tail
  readonly filters: SharedFilters
  readonly clock: () => number
  /** Least time between two flushes: what comes in between goes out together. */
  readonly flushIntervalMs: number
}

/** More is not kept back for one flush. */
const DUE_BYTES_MAX = 64 * 1024

/**
 * Delivers what comes into the tail to all live subscriptions that keep up: once for each group of those that want the
 * same bytes of the same changes, and in one write for each member and flush. All members are at the same place, that
 * of the last flush; one whose socket has no room leaves at that place and goes on by itself.
 */
export class Broadcast {
  readonly #options: BroadcastOptions
  /** By filter, then by representation. */
  readonly #groups = new Map<number, Map<string, BroadcastGroup>>()
  readonly #groupOf = new Map<BroadcastMember, BroadcastGroup>()
  /** They want to be members from the next flush on. */
  readonly #waiting = new Set<BroadcastMember>()
  #due = new Set<BroadcastGroup>()
  /** What was written to all members, and what was taken from the tail. */
  #flushed: Place
  #taken: Place
  #flushedMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(options: BroadcastOptions) {
    this.#options = options
    this.#flushed = this.#taken = tipOf(options.tail)
  }

  /** The number of the tail's entry that members have not been sent yet. */
  get sequence(): number {
    return this.#flushed.sequence
  }

  /** Where every member goes on. */
  get cursor(): Cursor {
    return this.#flushed.cursor
  }

  /** When the newest record that members have passed came into the log. */
  get passedTimestampMs(): number {
    return this.#flushed.timestampMs
  }

  /** Follows the tail until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const wakeUp = new WakeUp()
    const stop = () => wakeUp.ring()
    signal.addEventListener('abort', stop)
    while (!signal.aborted) {
      this.#takeEntries()
      this.#options.tail.ringAfter(this.#taken.sequence, wakeUp)
      await wakeUp.sleep()
    }
    clearTimeout(this.#timer)
    signal.removeEventListener('abort', stop)
  }

  /** From the next flush on, or now when nothing is due. The member is at the tip of the tail. */
  join(member: BroadcastMember): void {
    this.#waiting.add(member)
    if (this.#due.size === 0 && member.sequence === this.#taken.sequence) this.#settle()
  }

  /** Whether the member is delivered to from here; false while it waits, and when it never joined. */
  has(member: BroadcastMember): boolean {
    return this.#groupOf.has(member)
  }

  /** Nothing is written to it any more, also not of what is due. */
  leave(member: BroadcastMember): void {
    this.#waiting.delete(member)
    const group = this.#groupOf.get(member)
    if (group === undefined) return
    this.#groupOf.delete(member)
    group.remove(member)
    if (group.members.size > 0) return
    const { delivery } = member
    const groups = this.#groups.get(delivery.filter.id)
    groups?.delete(group.representation.key)
    if (groups?.size === 0) this.#groups.delete(delivery.filter.id)
    this.#due.delete(group)
  }

  #add(member: BroadcastMember): void {
    const { filter, representation } = member.delivery
    const groups = this.#groups.get(filter.id) ?? new Map<string, BroadcastGroup>()
    this.#groups.set(filter.id, groups)
    const group = groups.get(representation.key) ?? new BroadcastGroup(representation)
    groups.set(representation.key, group)
    group.add(member)
    this.#groupOf.set(member, group)
  }

  #takeEntries(): void {
    const { tail } = this.#options
    while (this.#taken.sequence < tail.nextSequence) {
      const entry = tail.entryAt(this.#taken.sequence)
      if (entry === undefined) {
        this.#dropAll()
        return
      }
      this.#take(entry)
    }
    if (this.#due.size === 0) this.#settle()
    else this.#scheduleFlush()
  }

  #take(entry: TailEntry): void {
    const { tail, filters } = this.#options
    const { cursor: before, sequence } = this.#taken
    const take = (groups: ReadonlyMap<string, BroadcastGroup> | undefined) => {
      for (const group of groups?.values() ?? []) {
        group.pass(entry, tail, before)
        this.#due.add(group)
        isFull ||= group.dueBytes >= DUE_BYTES_MAX
      }
    }
    let isFull = false
    if (entry.change !== undefined) {
      for (const id of filters.matching(entry.change.attributes)) take(this.#groups.get(id))
    } else {
      onGap('unreadable', before, entry.cursor)
      for (const groups of this.#groups.values()) take(groups)
    }
    this.#taken = { sequence: sequence + 1, cursor: entry.cursor, timestampMs: entry.timestampMs }
    if (isFull) this.#flush()
  }

  /** At once after a pause, so that a single change is not held up. */
  #scheduleFlush(): void {
    const waitMs = this.#flushedMs + this.#options.flushIntervalMs - performance.now()
    if (waitMs <= 0) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), waitMs)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const nowMs = this.#options.clock()
    const groups = this.#due
    this.#due = new Set()
    for (const group of groups) {
      for (const member of group.flush(nowMs)) this.#drop(member)
    }
    this.#settle()
    this.#flushedMs = performance.now()
  }

  /** All members have what was taken. */
  #settle(): void {
    const { tail } = this.#options
    const { sequence, timestampMs } = this.#taken
    // At the tip the place includes what the log has that is no record.
    if (sequence === tail.nextSequence) this.#taken = { sequence, cursor: tail.cursor, timestampMs }
    this.#flushed = this.#taken
    for (const member of this.#waiting) {
      this.#waiting.delete(member)
      member.passEntries()
      if (member.sequence === sequence && member.delivery.hasRoom) this.#add(member)
      else member.dropped()
    }
  }

  #drop(member: BroadcastMember): void {
    member.dropped()
    this.leave(member)
  }

  /** The tail has let go of what is next: everybody goes on from the last flush by itself. */
  #dropAll(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const member of [...this.#groupOf.keys(), ...this.#waiting]) this.#drop(member)
    this.#flushed = this.#taken = tipOf(this.#options.tail)
  }
}

interface Place {
  readonly sequence: number
  readonly cursor: Cursor
  readonly timestampMs: number
}

function tipOf({ nextSequence, cursor }: Tail): Place {
  return { sequence: nextSequence, cursor, timestampMs: 0 }
}
