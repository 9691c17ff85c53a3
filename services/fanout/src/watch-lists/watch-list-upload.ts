import { type EntriesFormat, parseWatchListEntries, type WatchListKind } from '@freshet/protocol'
import { type PackedWatchList, packWatchList } from './packed-watch-list.ts'
import { textOfBody, type UploadEncoding } from './uploaded-body.ts'

/** A list as a partner has sent it. */
export interface WatchListUpload {
  readonly of: WatchListKind
  readonly format: EntriesFormat
  readonly encoding: UploadEncoding
  readonly body: Uint8Array
  /** Of the body, decompressed. */
  readonly bytesMax: number
}

/** Reads, checks, sorts and compresses a list. Throws a `ProtocolError` that says what is wrong with it. */
export function packUpload({ of, format, encoding, body, bytesMax }: WatchListUpload): PackedWatchList {
  return packWatchList(of, parseWatchListEntries(textOfBody(body, encoding, bytesMax), format, of))
}
