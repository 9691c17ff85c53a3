import { createZstdDecompress } from 'node:zlib'
import { type LogRecord, type NewRecord, RECORD_BYTES_MAX } from '@freshet/change-log'
import { WATCH_LISTS_TOPIC } from '@freshet/events'
import {
  ProtocolError,
  WATCH_LIST_KINDS,
  type WatchList,
  type WatchListFacts,
  type WatchListKind,
} from '@freshet/protocol'
import { EntryTable } from './entry-table.ts'
import { LookupKey } from './lookup-key.ts'
import type { PackedWatchList } from './packed-watch-list.ts'

/** On `watch-lists`: what the entries are, how many there are, how long their text is, and the version. */
const OF_HEADER = 'of'
const ENTRIES_HEADER = 'entries'
const TEXT_BYTES_HEADER = 'text-bytes'
const VERSION_HEADER = 'version'

/** Beside the value, a record has its key and headers, and in a copied log where it came from. */
const VALUE_BYTES_MAX = RECORD_BYTES_MAX - 64 * 1024

const KEYS: Readonly<Record<WatchListKind, LookupKey>> = {
  title: new LookupKey(),
  page: new LookupKey(),
  item: new LookupKey(),
}

/** A list in memory. */
export class StoredWatchList implements WatchList {
  readonly name: string
  readonly of: WatchListKind
  readonly entries: number
  readonly version: string
  /** When it was stored. */
  readonly updatedMs: number
  /** The entries, sorted by their bytes, each with a newline behind it. */
  readonly text: Uint8Array
  readonly #table: EntryTable
  /** Filters that name the list ask for the same value one after the other. */
  #askedValue: string | number | undefined
  #hasAskedValue = false

  /** Reads a record that `watchListRecord` made, and its value. Rejects on any other. */
  static async of(record: LogRecord, value: Uint8Array): Promise<StoredWatchList> {
    const header = (name: string) => Buffer.from(record.headers[name] ?? []).toString()
    const of = WATCH_LIST_KINDS.find((kind) => kind === header(OF_HEADER))
    if (of === undefined) throw new Error(`the watch-list ${record.key} is of "${header(OF_HEADER)}"`)
    const text = await decompressed(value, Number(header(TEXT_BYTES_HEADER)))
    const entries = Number(header(ENTRIES_HEADER))
    const facts = { name: record.key, of, entries, version: header(VERSION_HEADER) }
    return new StoredWatchList(facts, text, await EntryTable.of(text, entries), record.timestampMs)
  }

  private constructor(
    { name, of, entries, version }: WatchListFacts,
    text: Uint8Array,
    table: EntryTable,
    updatedMs: number,
  ) {
    this.name = name
    this.of = of
    this.entries = entries
    this.version = version
    this.text = text
    this.#table = table
    this.updatedMs = updatedMs
  }

  /** What it takes in memory. */
  get bytes(): number {
    return this.#table.bytes
  }

  has(value: string | number): boolean {
    if (value !== this.#askedValue) {
      const key = KEYS[this.of]
      key.become(value)
      this.#askedValue = value
      this.#hasAskedValue = this.#table.has(key)
    }
    return this.#hasAskedValue
  }
}

/** Throws a `ProtocolError` with the code `watch_list_too_large` when the list is more than a record holds. */
export function watchListRecord(
  name: string,
  { of, entries, version, textBytes, value }: PackedWatchList,
): NewRecord {
  if (value.length > VALUE_BYTES_MAX) {
    throw new ProtocolError(
      'watch_list_too_large',
      `the entries take ${value.length} bytes, compressed; a list may take ${VALUE_BYTES_MAX}`,
      'Split it over several lists, and name them all: "watchList": ["first", "second"].',
    )
  }
  const headers = {
    [OF_HEADER]: Buffer.from(of),
    [ENTRIES_HEADER]: Buffer.from(String(entries)),
    [TEXT_BYTES_HEADER]: Buffer.from(String(textBytes)),
    [VERSION_HEADER]: Buffer.from(version),
  }
  return { topic: WATCH_LISTS_TOPIC, key: name, headers, value }
}

/** Deletes the list of that name. */
export function watchListTombstone(name: string): NewRecord {
  return { topic: WATCH_LISTS_TOPIC, key: name, headers: {}, value: null }
}

const CHUNK_BYTES = 256 * 1024

/** Piece by piece, between which other work has its turn; into one block that is exactly as long. */
async function decompressed(value: Uint8Array, bytes: number): Promise<Uint8Array> {
  const text = Buffer.allocUnsafeSlow(bytes)
  const stream = createZstdDecompress({ chunkSize: CHUNK_BYTES })
  stream.end(value)
  let length = 0
  for await (const chunk of stream) {
    text.set(chunk.subarray(0, bytes - length), length)
    length += chunk.length
    if (length > bytes) break
  }
  if (length !== bytes) throw new Error(`a watch-list is not ${bytes} bytes long`)
  return text
}
