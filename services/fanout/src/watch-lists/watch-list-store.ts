import type { ChangeLog } from '@freshet/change-log'
import { ProtocolError, watchListNamed } from '@freshet/protocol'
import type { FanoutSettings } from '../config.ts'
import { servedByLog } from '../served-by-log.ts'
import { EntryTable } from './entry-table.ts'
import { packInThread } from './pack-in-thread.ts'
import { assertPreconditions, type Preconditions } from './preconditions.ts'
import { type StoredWatchList, watchListRecord, watchListTombstone } from './stored-watch-list.ts'
import type { WatchListReader } from './watch-list-reader.ts'
import type { WatchListUpload } from './watch-list-upload.ts'

export interface WatchListStoreOptions {
  readonly log: ChangeLog
  readonly reader: WatchListReader
  readonly limits: Pick<FanoutSettings, 'watchListsMax' | 'watchListBytesTotalMax'>
}

export interface PutResult {
  readonly list: StoredWatchList
  readonly isNew: boolean
}

/**
 * Stores and deletes watch-lists, one request after the other. All that there is of a list is in the log: a request is
 * done once it was read from there again, and goes by everything that was stored before it, wherever that was.
 */
export class WatchListStore {
  readonly #options: WatchListStoreOptions
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: WatchListStoreOptions) {
    this.#options = options
  }

  /** All of them, sorted by name. Rejects with a `ProtocolError`, as all of these do. */
  async all(): Promise<readonly StoredWatchList[]> {
    const lists = await this.#current()
    return lists
      .values()
      .toArray()
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async find(name: string): Promise<StoredWatchList> {
    return watchListNamed(await this.#current(), name)
  }

  put(name: string, upload: WatchListUpload, preconditions: Preconditions): Promise<PutResult> {
    return this.#inTurn(async () => {
      const before = (await this.#current()).get(name)
      assertPreconditions(preconditions, before)
      if (before === undefined) this.#assertRoomForOneMore()
      const packed = await packInThread(upload)
      if (packed.version === before?.version) return { list: before, isNew: false }
      this.#assertRoomFor(EntryTable.bytesOf(packed.textBytes, packed.entries), before)
      await servedByLog(() => this.#options.log.append([watchListRecord(name, packed)]))
      const list = (await this.#current()).get(name)
      if (list?.version === packed.version) return { list, isNew: before === undefined }
      throw new ProtocolError(
        'precondition_failed',
        'the list was changed again at the same time',
        'Get the list, and decide anew.',
      )
    })
  }

  delete(name: string, preconditions: Preconditions): Promise<void> {
    return this.#inTurn(async () => {
      const list = watchListNamed(await this.#current(), name)
      assertPreconditions(preconditions, list)
      await servedByLog(() => this.#options.log.append([watchListTombstone(name)]))
      await this.#current()
    })
  }

  async #current(): Promise<ReadonlyMap<string, StoredWatchList>> {
    const { reader } = this.#options
    await servedByLog(() => reader.caughtUp())
    return reader.lists
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  #assertRoomForOneMore(): void {
    const { reader, limits } = this.#options
    if (reader.lists.size < limits.watchListsMax) return
    throw full(`this server holds its ${limits.watchListsMax} watch-lists already`)
  }

  #assertRoomFor(addedBytes: number, before: StoredWatchList | undefined): void {
    const { reader, limits } = this.#options
    const bytes = reader.bytes - (before?.bytes ?? 0) + addedBytes
    if (bytes <= limits.watchListBytesTotalMax) return
    throw full(`all watch-lists together may take ${limits.watchListBytesTotalMax} bytes`)
  }
}

function full(message: string): ProtocolError {
  return new ProtocolError(
    'watch_lists_full',
    message,
    'Delete lists that nobody uses, or ask the operator for more room.',
  )
}
