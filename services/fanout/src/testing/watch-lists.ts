import type { WatchListKind } from '@freshet/protocol'
import { packWatchList } from '../watch-lists/packed-watch-list.ts'
import { StoredWatchList, watchListRecord } from '../watch-lists/stored-watch-list.ts'

/** A list as it comes out of the log. */
export async function storedWatchList(
  name: string,
  of: WatchListKind,
  entries: Iterable<string>,
): Promise<StoredWatchList> {
  const record = watchListRecord(name, packWatchList(of, new Set(entries)))
  const stored = { ...record, partition: 0, offset: 0n, timestampMs: 0 }
  return StoredWatchList.of(stored, record.value ?? new Uint8Array())
}
