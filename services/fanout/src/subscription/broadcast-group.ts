import type { Cursor } from '@freshet/protocol'
import { onDelivered } from '../metrics.ts'
import type { Representation } from '../representation/representation.ts'
import type { Tail } from '../tail/tail.ts'
import type { TailEntry } from '../tail/tail-entry.ts'
import type { Delivery } from './delivery.ts'
import { DueFrames } from './due-frames.ts'
import { unreadableGap } from './unreadable-gap.ts'

/** A live subscription that the broadcast delivers to. */
export interface BroadcastMember {
  readonly delivery: Delivery
  /** Passes by itself what it lacks of the tail. */
  passEntries(): void
  /** The number of the tail's entry that it passes next. */
  readonly sequence: number
  /** It is no longer delivered to, and goes on by itself: its socket is full, or the tail has let go of what is next. */
  dropped(): void
}

/** Members that want the same bytes of the same changes. */
export class BroadcastGroup {
  readonly representation: Representation
  readonly #members = new Set<BroadcastMember>()
  readonly #due = new DueFrames()

  constructor(representation: Representation) {
    this.representation = representation
  }

  get members(): ReadonlySet<BroadcastMember> {
    return this.#members
  }

  get hasDue(): boolean {
    return !this.#due.isEmpty
  }

  get dueBytes(): number {
    return this.#due.bytes
  }

  add(member: BroadcastMember): void {
    this.#members.add(member)
  }

  remove(member: BroadcastMember): void {
    this.#members.delete(member)
  }

  pass(entry: TailEntry, tail: Tail, before: Cursor): void {
    if (entry.change === undefined) {
      this.#due.addControl(this.representation.control(unreadableGap(before, entry.cursor)), entry.cursor)
    } else {
      const frame = tail.frame(entry, this.representation, entry.change)
      this.#due.addChange(frame, entry.cursor, entry.timestampMs)
    }
  }

  /** Writes what is due to every member in one write each, and returns those that had no room for it. */
  flush(nowMs: number): readonly BroadcastMember[] {
    const { frames, changes, newestChangeMs, cursor } = this.#due
    const [first] = frames
    if (first === undefined) return []
    const bytes = frames.length === 1 ? first : Buffer.concat(frames)
    this.#due.clear()
    const full: BroadcastMember[] = []
    for (const member of this.#members) {
      if (!member.delivery.share(bytes, cursor, nowMs)) full.push(member)
    }
    const deliveries = this.#members.size - full.length
    onDelivered({
      transport: this.representation.framing,
      changes: changes * deliveries,
      bytes: bytes.length * deliveries,
      latencyMs: changes > 0 && deliveries > 0 ? Math.max(0, nowMs - newestChangeMs) : undefined,
    })
    return full
  }
}
