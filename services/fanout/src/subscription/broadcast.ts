import type { SharedFilters } from '../matching/shared-filters.ts'
import { onGap } from '../metrics.ts'
import type { Tail } from '../tail/tail.ts'
import type { TailEntry } from '../tail/tail-entry.ts'
import { WakeUp } from '../wake-up.ts'
import { BroadcastGroup, type BroadcastMember, type TailPlace } from './broadcast-group.ts'
import { Busyness } from './busyness.ts'

export interface BroadcastOptions {
  readonly tail: Tail
  readonly filters: SharedFilters
  readonly clock: () => number
  /** Least time between two flushes while the process is busy: what comes in between goes out together. */
  readonly flushIntervalMs: number
}

/** More is not kept back for one flush. */
const DUE_BYTES_MAX = 64 * 1024

/**
 * Delivers what comes into the tail to all live subscriptions that keep up: once for each group of those that want the
 * same bytes of the same changes, and in one write for each member and flush. A member whose socket has no room leaves
 * its group at the place of the last flush and goes on by itself.
 */
export class Broadcast {
  readonly #options: BroadcastOptions
  /** By filter, then by the form of the bytes. */
  readonly #groups = new Map<number, Map<string, BroadcastGroup>>()
  readonly #due = new Set<BroadcastGroup>()
  /** Those that members wait for. */
  readonly #awaited = new Set<BroadcastGroup>()
  /** How far the tail was taken. */
  #taken: TailPlace
  #timer: NodeJS.Timeout | undefined
  #flushedMs = 0
  readonly #busyness = new Busyness()

  constructor(options: BroadcastOptions) {
    this.#options = options
    this.#taken = tipOf(options.tail)
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

  /** Where the members of a group are. */
  placeOf(group: BroadcastGroup): TailPlace {
    return group.before ?? this.#taken
  }

  /** Now, or from the next flush of its group on. */
  join(member: BroadcastMember): void {
    const { filter, representation, packing } = member.delivery
    const groups = this.#groups.get(filter.id) ?? new Map<string, BroadcastGroup>()
    this.#groups.set(filter.id, groups)
    const form = formOf(member)
    const group = groups.get(form) ?? new BroadcastGroup(representation, packing)
    groups.set(form, group)
    group.waiting.add(member)
    this.#awaited.add(group)
    this.#admit(group)
  }

  /** Nothing is written to it any more, also not of what is due. Before its filter or representation changes. */
  leave(member: BroadcastMember): void {
    const { filter } = member.delivery
    const form = formOf(member)
    const groups = this.#groups.get(filter.id)
    const group = groups?.get(form)
    if (groups === undefined || group === undefined) return
    group.members.delete(member)
    group.waiting.delete(member)
    if (!group.isEmpty) return
    this.#due.delete(group)
    this.#awaited.delete(group)
    groups.delete(form)
    if (groups.size === 0) this.#groups.delete(filter.id)
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
    this.#flushDue()
    this.#toTip()
    for (const group of this.#awaited) this.#admit(group)
  }

  #take(entry: TailEntry): void {
    const { filters } = this.#options
    const before = this.#taken
    this.#taken = { sequence: before.sequence + 1, cursor: entry.cursor, timestampMs: entry.timestampMs }
    if (entry.change !== undefined) {
      for (const id of filters.matching(entry.change.attributes)) this.#pass(id, entry, before)
    } else {
      onGap('unreadable', before.cursor, entry.cursor)
      for (const id of this.#groups.keys()) this.#pass(id, entry, before)
    }
  }

  #pass(filterId: number, entry: TailEntry, before: TailPlace): void {
    for (const group of this.#groups.get(filterId)?.values() ?? []) {
      if (group.members.size === 0) continue
      group.pass(entry, this.#options.tail, before)
      this.#due.add(group)
      if (group.dueBytes >= DUE_BYTES_MAX) this.#flush(group)
    }
  }

  /** At once, so that a change is not held up; but when there is much to do a few changes are written together. */
  #flushDue(): void {
    if (this.#due.size === 0 || this.#timer !== undefined) return
    const waitMs = this.#flushedMs + this.#options.flushIntervalMs - performance.now()
    if (waitMs <= 0 || !this.#busyness.isBusy) this.#flushAll()
    else this.#timer = setTimeout(() => this.#flushAll(), waitMs)
  }

  #flushAll(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const group of this.#due) this.#flush(group)
    // Transports write at the end of this turn, which is most of the work.
    process.nextTick(() => {
      this.#flushedMs = performance.now()
    })
  }

  #flush(group: BroadcastGroup): void {
    this.#due.delete(group)
    group.flush(this.#options.clock())
    this.#admit(group)
  }

  /** Takes in those that wait, once the group has everything that the tail has. */
  #admit(group: BroadcastGroup): void {
    const { tail } = this.#options
    if (group.before !== undefined || this.#taken.sequence !== tail.nextSequence) return
    this.#toTip()
    this.#awaited.delete(group)
    for (const member of group.waiting) {
      group.waiting.delete(member)
      member.passEntries()
      if (member.sequence === this.#taken.sequence && member.delivery.hasRoom) {
        group.members.add(member)
        member.joined(group)
      } else member.dropped()
    }
  }

  /** At the tip the place includes what the log has that is no record. */
  #toTip(): void {
    const { tail } = this.#options
    if (this.#taken.sequence === tail.nextSequence) this.#taken = { ...this.#taken, cursor: tail.cursor }
  }

  /** The tail has let go of what is next: everybody goes on by itself. */
  #dropAll(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const groups of this.#groups.values()) {
      for (const { members, waiting } of groups.values()) {
        for (const member of [...members, ...waiting]) member.dropped()
      }
    }
    this.#groups.clear()
    this.#due.clear()
    this.#awaited.clear()
    this.#taken = tipOf(this.#options.tail)
  }
}

function tipOf({ nextSequence, cursor }: Tail): TailPlace {
  return { sequence: nextSequence, cursor, timestampMs: 0 }
}

function formOf({ delivery }: BroadcastMember): string {
  return `${delivery.packing} ${delivery.representation.key}`
}
