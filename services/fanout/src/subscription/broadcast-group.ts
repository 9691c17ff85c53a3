import type { Cursor } from '@freshet/protocol'
import { onDelivered, onLiveDelivery } from '../metrics.ts'
import type { Representation } from '../representation/representation.ts'
import type { Tail } from '../tail/tail.ts'
import type { TailEntry } from '../tail/tail-entry.ts'
import { type Packing, pack } from '../transport/packing.ts'
import type { Delivery } from './delivery.ts'
import { DueFrames } from './due-frames.ts'
import { unreadableGap } from './unreadable-gap.ts'

/** A place in the tail, before the entry with that number. */
export interface TailPlace {
  readonly sequence: number
  readonly cursor: Cursor
  /** When the record before it came into the log. */
  readonly timestampMs: number
}

/** A live subscription that the broadcast delivers to. */
export interface BroadcastMember {
  readonly delivery: Delivery
  /** The number of the tail's entry that it passes next. */
  readonly sequence: number
  /** Passes by itself what it lacks of the tail. */
  passEntries(): void
  /** From here on the group delivers to it. */
  joined(group: BroadcastGroup): void
  /** It is not delivered to, or no longer, and goes on by itself from the group's place. */
  dropped(): void
}

/** Members that want the same bytes of the same changes. They are all at the same place. */
export class BroadcastGroup {
  readonly packing: Packing
  readonly members = new Set<BroadcastMember>()
  /** They want to be members as soon as nothing is due. */
  readonly waiting = new Set<BroadcastMember>()
  readonly #due: DueFrames
  /** Where the members are while something is due. */
  #before: TailPlace | undefined

  constructor(representation: Representation, packing: Packing) {
    this.#due = new DueFrames(representation)
    this.packing = packing
  }

  get isEmpty(): boolean {
    return this.members.size === 0 && this.waiting.size === 0
  }

  get dueBytes(): number {
    return this.#due.bytes
  }

  /** Where the members are; undefined while they have everything that was taken from the tail. */
  get before(): TailPlace | undefined {
    return this.#before
  }

  /** Makes the entry due, which lies behind the place given. */
  pass(entry: TailEntry, tail: Tail, before: TailPlace): void {
    this.#before ??= before
    if (entry.change === undefined) {
      const gap = unreadableGap(before.cursor, entry.cursor)
      this.#due.addControl(this.#due.representation.control(gap), entry.cursor)
    } else this.#due.addEntry(entry, entry.change, tail)
  }

  /** Writes what is due to every member, in one write each. Those that have no room for it are dropped. */
  flush(nowMs: number): void {
    const { frames, changes, cursor, newestChangeMs } = this.#due.take()
    const bytes = pack(this.packing, frames)
    for (const member of this.members) {
      if (member.delivery.share(bytes, cursor, nowMs)) continue
      member.dropped()
      this.members.delete(member)
    }
    const { size } = this.members
    const { framing } = this.#due.representation
    onDelivered({ transport: framing, changes: changes * size, bytes: bytes.length * size })
    if (changes > 0) onLiveDelivery(Math.max(0, nowMs - newestChangeMs))
    this.#before = undefined
  }
}
