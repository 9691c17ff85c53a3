import { createHash } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'
import type { WatchListFacts } from '@freshet/protocol'

/** A list as it is stored; its name is given to it by the record. */
export interface PackedWatchList extends Omit<WatchListFacts, 'name'> {
  /** Of the entries, each with a newline behind it. */
  readonly textBytes: number
  /** The sorted entries, each with a newline behind it, compressed (zstd). */
  readonly value: Uint8Array<ArrayBuffer>
}

export function packWatchList(of: WatchListFacts['of'], entries: ReadonlySet<string>): PackedWatchList {
  const text = sortedText(entries)
  const version = createHash('sha256').update(`${of}\n`).update(text).digest('hex')
  return { of, entries: entries.size, version, textBytes: text.length, value: zstdCompressSync(text) }
}

/** Sorted as bytes, as `LC_ALL=C sort` does. A string of the bytes is sorted much faster than a buffer. */
function sortedText(entries: ReadonlySet<string>): Buffer {
  const lines = Array.from(entries, (entry) => `${Buffer.from(entry).toString('latin1')}\n`)
  return Buffer.from(lines.sort().join(''), 'latin1')
}
