import { type ChangeLog, offsetsFromOrigin, type PartitionBounds } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import { decodeCursor, ProtocolError, type StreamPoint } from '@freshet/protocol'

/** Per partition, what is to be read first in a log with these bounds. Throws a `ProtocolError` for a cursor that this log cannot serve. */
export async function startOffsets(
  log: ChangeLog,
  bounds: readonly PartitionBounds[],
  from: StreamPoint,
): Promise<readonly bigint[]> {
  switch (from.type) {
    case 'earliest':
      return bounds.map(({ earliest }) => earliest)
    case 'latest':
      return bounds.map(({ end }) => end)
    case 'cursor':
      return cursorOffsets(log, bounds, from.cursor)
    case 'time':
      return fromTime(bounds, await log.offsetsForTime(CHANGES_TOPIC, from.timeMs))
  }
}

const OFFSET_MAX = 2n ** 63n - 1n

/** A cursor of a log that was copied into this one is translated, so that partners need not know of the move. */
async function cursorOffsets(
  log: ChangeLog,
  bounds: readonly PartitionBounds[],
  cursor: string,
): Promise<readonly bigint[]> {
  try {
    return decodeCursor(cursor, { id: log.id, ends: bounds.map(({ end }) => end) })
  } catch (error) {
    if (!(error instanceof ProtocolError && error.code === 'cursor_other_log')) throw error
    const [originLogId = ''] = cursor.split('~')
    const offsets = decodeCursor(cursor, { id: originLogId, ends: bounds.map(() => OFFSET_MAX) })
    const translated = await offsetsFromOrigin(log, CHANGES_TOPIC, originLogId, offsets)
    if (translated === undefined) throw error
    return translated
  }
}

/**
 * When nothing at all is left from before the time, retention may have removed what came after it. Starting one below
 * the first record makes the reader find that out, and tell of the gap.
 */
function fromTime(bounds: readonly PartitionBounds[], offsets: readonly bigint[]): readonly bigint[] {
  if (bounds.some(({ earliest }, partition) => offsets[partition] !== earliest)) return offsets
  return offsets.map((offset) => (offset > 0n ? offset - 1n : offset))
}
