import type { LogRecord } from '@freshet/change-log'
import { projectedBytes, projectParts, writeParts } from '@freshet/events'
import { type CompiledFilter, type Cursor, changeEnvelope, type MovingCursor } from '@freshet/protocol'
import type { PlainFrames } from '../representation/representation.ts'
import { TEXT_HEAD_BYTES_MAX, writeTextHead } from '../representation/text-frame.ts'
import { readStoredChange, type StoredChange } from '../stored-change.ts'
import { RUN_BUFFERS } from './run-buffers.ts'

/** Records of one partition, next to each other, that were filtered and rendered in one go. */
export interface ReplayRun {
  /** The index of the first record that is not in it. */
  readonly stop: number
  readonly changes: number
  /** The frames of the changes that are wanted, one behind the other; or the changes, with commas between them. */
  readonly pieces: readonly Uint8Array[]
  /** Of the last of these changes; undefined when there is none. */
  readonly cursor: Cursor | undefined
}

export interface ReplayRunOptions {
  readonly records: readonly LogRecord[]
  readonly start: number
  readonly stop: number
  readonly matches: CompiledFilter
  readonly plain: PlainFrames
  /** The run ends behind the change that fills it. */
  readonly roomBytes: number
  readonly changesMax: number
}

/** Digits that an offset may gain within a run. */
const DIGITS_GAINED_MAX = 2

interface LocatedChange {
  readonly change: StoredChange
  readonly offset: bigint
}

/** The next run, over which the cursor is moved. It ends before a record that cannot be read. */
export function readRun(options: ReplayRunOptions, cursor: MovingCursor): ReplayRun {
  const { records, start, stop, matches, plain, changesMax } = options
  const wanted: LocatedChange[] = []
  let { roomBytes } = options
  let index = start
  for (; index < stop && roomBytes > 0 && wanted.length < changesMax; index++) {
    const record = records[index]
    const change = record && readStoredChange(record)
    if (record === undefined || change === undefined) break
    if (!matches(change.attributes)) continue
    wanted.push({ change, offset: record.offset })
    roomBytes -= projectedBytes(change.layout, plain.parts)
  }
  const partition = records[start]?.partition ?? 0
  const pieces = piecesOf(wanted, partition, plain, cursor)
  const reached = wanted.length === 0 ? undefined : cursor.toCursor()
  const last = records[index - 1]
  if (index > start && last !== undefined) cursor.moveTo(partition, last.offset + 1n)
  return { stop: index, changes: wanted.length, pieces, cursor: reached }
}

const COMMA = Buffer.from(',')

/** Moves the cursor over the last of them. */
function piecesOf(
  wanted: readonly LocatedChange[],
  partition: number,
  plain: PlainFrames,
  cursor: MovingCursor,
): readonly Uint8Array[] {
  const last = wanted.at(-1)
  if (last === undefined) return []
  if (!plain.isBatched) return [framesOf(wanted, partition, plain, cursor)]
  cursor.moveTo(partition, last.offset + 1n)
  return wanted.flatMap(({ change: { value, layout } }, index) => {
    const slices = projectParts(value, layout, plain.parts)
    return index === 0 ? slices : [COMMA, ...slices]
  })
}

function framesOf(
  wanted: readonly LocatedChange[],
  partition: number,
  plain: PlainFrames,
  cursor: MovingCursor,
): Uint8Array {
  const envelope = new Envelope(plain, cursor)
  let bytesMax = 0
  for (const { change } of wanted) bytesMax += projectedBytes(change.layout, plain.parts)
  const frames = RUN_BUFFERS.take(bytesMax + wanted.length * envelope.bytesMax)
  let at = 0
  for (const { change, offset } of wanted) {
    cursor.moveTo(partition, offset + 1n)
    at = envelope.write(frames, at, change)
  }
  return frames.subarray(0, at)
}

/**
 * What stands around a change. The text before it, which holds the cursor, is kept as bytes, in which only the digits that
 * differ from change to change are written anew.
 */
class Envelope {
  readonly #plain: PlainFrames
  readonly #cursor: MovingCursor
  #form: number | undefined
  #before = Buffer.alloc(0)
  #after = Buffer.alloc(0)
  #cursorStart = 0

  constructor(plain: PlainFrames, cursor: MovingCursor) {
    this.#plain = plain
    this.#cursor = cursor
    this.#follow()
  }

  /** Of any change whose offset is beyond the cursor's. */
  get bytesMax(): number {
    return TEXT_HEAD_BYTES_MAX + this.#before.length + DIGITS_GAINED_MAX + this.#after.length
  }

  /** Writes the frame of the change that the cursor has been moved over, and returns where it ends. */
  write(target: Buffer, start: number, { value, layout }: StoredChange): number {
    this.#follow()
    const { framing, parts } = this.#plain
    let at = start
    if (framing === 'websocket') {
      const bytes = this.#before.length + projectedBytes(layout, parts) + this.#after.length
      at = writeTextHead(target, at, bytes)
    }
    target.set(this.#before, at)
    at = writeParts(target, at + this.#before.length, value, layout, parts)
    target.set(this.#after, at)
    return at + this.#after.length
  }

  #follow(): void {
    if (this.#cursor.form === this.#form) this.#cursor.rewrite(this.#before, this.#cursorStart)
    else this.#begin()
  }

  #begin(): void {
    const { framing, subscription } = this.#plain
    const cursor = this.#cursor.toCursor()
    const { before, after } = changeEnvelope(framing, cursor, subscription)
    this.#form = this.#cursor.form
    this.#before = Buffer.from(before)
    this.#after = Buffer.from(after)
    this.#cursorStart = Buffer.byteLength(before.slice(0, before.lastIndexOf(cursor)))
  }
}
