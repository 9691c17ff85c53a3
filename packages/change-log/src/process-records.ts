import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LogRecord, NewRecord, ProcessOptions, RecordPosition } from './change-log.ts'
import type { ConsumerGroups, GroupMember } from './consumer-groups.ts'
import { recordBytes } from './record-size.ts'
import type { RecordStore } from './record-store.ts'

/** What `process` needs of an adapter. */
export interface GroupStore extends RecordStore {
  readonly groups: ConsumerGroups
  /** Per partition, what the group has to handle next. A group that has committed nothing begins at the first record. */
  nextToHandle(group: string, topic: string): readonly bigint[]
  /**
   * Appends and moves the group's positions as one transaction. `'fenced'`, and nothing done, when the group does not
   * stand at `from` any more: another member has handled these records.
   */
  commit(commit: GroupCommit): Promise<readonly RecordPosition[] | 'fenced'>
}

export interface GroupCommit {
  readonly group: string
  readonly topic: string
  readonly moves: readonly PositionMove[]
  readonly append: readonly NewRecord[]
}

export interface PositionMove {
  readonly partition: number
  readonly from: bigint
  readonly to: bigint
}

/** `ChangeLog.process` over a record store. */
export async function processRecords(store: GroupStore, options: ProcessOptions): Promise<void> {
  const { group, topic, signal } = options
  const member = store.groups.join(group, topic, store.bounds(topic).length)
  // The other members have other partitions now.
  store.tip.advance()
  try {
    while (!signal.aborted) {
      const { version } = store.tip
      const next = takeNext(store, options, member, store.nextToHandle(group, topic))
      if (next.moves.length === 0) await store.tip.changedSince(version, signal)
      else await handle(store, options, member, next)
    }
  } finally {
    member.leave()
    store.tip.advance()
  }
}

interface NextRecords {
  readonly records: readonly LogRecord[]
  readonly moves: readonly PositionMove[]
}

async function handle(
  store: GroupStore,
  options: ProcessOptions,
  member: GroupMember,
  { records, moves }: NextRecords,
): Promise<void> {
  const { group, topic, handler, signal } = options
  try {
    const { generation } = member
    const result = records.length === 0 ? NOTHING_TO_APPEND : await handler(records, { generation })
    const committing = store.commit({ group, topic, moves, append: result.append })
    tellUpcoming(store, options, member, moves)
    const positions = await committing
    if (positions !== 'fenced') result.onCommit(positions)
  } catch (error) {
    if (!signal.aborted) throw error
  }
  await nextTurn()
}

function tellUpcoming(
  store: GroupStore,
  options: ProcessOptions,
  member: GroupMember,
  moves: readonly PositionMove[],
): void {
  const { group, topic, onUpcoming } = options
  if (onUpcoming === undefined) return
  try {
    const positions = [...store.nextToHandle(group, topic)]
    for (const { partition, to } of moves) positions[partition] = to
    const { records } = takeNext(store, options, member, positions)
    if (records.length > 0) onUpcoming(records)
  } catch {
    // What is wrong shows when they are to be handled.
  }
}

/** For positions that moved over records which compaction has removed. */
const NOTHING_TO_APPEND = { append: [], onCommit: () => {} }

/** From these positions on, of this member's partitions; a batch that is full at the first partition leaves the others for later. */
function takeNext(
  store: GroupStore,
  options: ProcessOptions,
  member: GroupMember,
  positions: readonly bigint[],
): NextRecords {
  const { topic } = options
  const ends = store.ends(topic)
  const records: LogRecord[] = []
  const moves: PositionMove[] = []
  let bytesLeft = options.batchBytesMax
  for (const partition of furthestBehindFirst(member.partitions, positions, ends)) {
    const recordsLeft = options.batchRecordsMax - records.length
    if (recordsLeft <= 0 || bytesLeft <= 0) break
    const from = positions[partition] ?? 0n
    const batch = store.fetch(topic, partition, from, { recordsMax: recordsLeft, bytesMax: bytesLeft })
    for (const record of batch.records) {
      records.push(record)
      bytesLeft -= recordBytes(record)
    }
    moves.push({ partition, from, to: batch.nextOffset })
  }
  return { records, moves }
}

/** Only partitions with something to handle; the longest backlog first, so that none is left waiting for ever. */
function furthestBehindFirst(
  partitions: readonly number[],
  positions: readonly bigint[],
  ends: readonly bigint[],
): readonly number[] {
  const backlog = (partition: number) => Number((ends[partition] ?? 0n) - (positions[partition] ?? 0n))
  return partitions
    .filter((partition) => backlog(partition) > 0)
    .sort((left, right) => backlog(right) - backlog(left))
}
