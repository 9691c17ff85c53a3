import type { NewRecord, RecordPosition } from '../change-log.ts'
import { checkedBytes } from '../record-size.ts'
import type { PartitionState } from './catalog.ts'
import { CommitEncoder } from './commit-encoding.ts'
import type { Commit, NewPosition } from './writer-messages.ts'

/**
 * A transaction takes the requests that wait, in their order, up to this size (at least one of them). It is what is held
 * beside the callers' own records at any time; a caller that waits for its append is held back by that.
 */
const GROUP_BYTES_MAX = 8 * 1024 * 1024

export interface CommitRequest {
  readonly records: readonly NewRecord[]
  readonly moves: readonly GroupMove[]
}

/** Takes effect only if the group stands at `from` when the transaction is made. */
export interface GroupMove extends NewPosition {
  readonly from: number
}

export interface CommitQueueOptions {
  /** The partition of a record. Throws `UnknownTopicError`. */
  readonly partitionOf: (record: NewRecord) => PartitionState
  /** Where a group stands, in the committed state. */
  readonly standsAt: (move: GroupMove) => number
  readonly clock: () => number
  /** Resolves once the transaction is durable and its ends are known. */
  readonly write: (commit: Commit) => Promise<void>
}

type Outcome = readonly RecordPosition[] | 'fenced'

interface Waiting extends CommitRequest {
  readonly bytes: number
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/** One transaction at a time: what arrives while one is under way goes into the next, all of it with a single fsync. */
export class CommitQueue {
  readonly #options: CommitQueueOptions
  readonly #waiting: Waiting[] = []
  readonly #idle: (() => void)[] = []
  #isWriting = false

  constructor(options: CommitQueueOptions) {
    this.#options = options
  }

  /** Resolves once durable, or with `'fenced'`, nothing done, when a group does not stand where a move starts. */
  async commit({ records, moves }: CommitRequest): Promise<Outcome> {
    const bytes = checkedBytes(records)
    for (const record of records) this.#options.partitionOf(record)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, moves, bytes, resolve, reject })
      // Not at once, so that what is appended in the same turn of the event loop shares the transaction.
      queueMicrotask(() => void this.#writeNext())
    })
  }

  /** Resolves once nothing waits any more. */
  async whenIdle(): Promise<void> {
    while (this.#isWriting || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => this.#idle.push(resolve))
    }
  }

  async #writeNext(): Promise<void> {
    if (this.#isWriting) return
    if (this.#waiting.length === 0) {
      for (const resolve of this.#idle.splice(0)) resolve()
      return
    }
    this.#isWriting = true
    const group = this.#takeGroup()
    try {
      const encoder = new CommitEncoder(this.#options.clock())
      const outcomes = this.#encodeAll(group, encoder)
      await this.#options.write(encoder.encode())
      for (const [index, { resolve }] of group.entries()) resolve(outcomes[index] ?? [])
    } catch (error) {
      for (const { reject } of group) reject(error)
    } finally {
      this.#isWriting = false
      queueMicrotask(() => void this.#writeNext())
    }
  }

  #takeGroup(): readonly Waiting[] {
    let bytes = 0
    let count = 0
    for (const request of this.#waiting) {
      if (count > 0 && bytes + request.bytes > GROUP_BYTES_MAX) break
      bytes += request.bytes
      count++
    }
    return this.#waiting.splice(0, count)
  }

  #encodeAll(group: readonly Waiting[], encoder: CommitEncoder): readonly Outcome[] {
    // Where the groups will stand once the requests before this one are committed.
    const moved = new Map<string, number>()
    return group.map(({ records, moves }) => {
      const standsAt = (move: GroupMove) => moved.get(moveId(move)) ?? this.#options.standsAt(move)
      if (moves.some((move) => standsAt(move) !== move.from)) return 'fenced'
      for (const move of moves) {
        moved.set(moveId(move), move.next)
        encoder.move(move)
      }
      return records.map((record) => encoder.add(record, this.#options.partitionOf(record)))
    })
  }
}

function moveId({ group, partitionId }: GroupMove): string {
  return `${partitionId} ${group}`
}
