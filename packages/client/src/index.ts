export { type ArticleChange, isUnavailable, type PartOrReason } from './article-change.ts'
export { type ChunkIndex, ChunkStore, type ChunkStoreOptions } from './copies/chunk-store.ts'
export type { CopyOutcome, CopyStep } from './copies/copy-step.ts'
export * from './copies/errors.ts'
export type { FetchedPage, FetchPage, PageRequest } from './copies/fetch-page.ts'
export type { HeldPage, PageIdentity } from './copies/held-page.ts'
export type { IndexedChunk, IndexUpdate } from './copies/index-update.ts'
export type { PageStorage } from './copies/page-storage.ts'
export { TextCopies, type TextCopiesOptions } from './copies/text-copies.ts'
export { FreshetClientError } from './freshet-client-error.ts'
export type { BackOffOptions } from './stream/back-off.ts'
export type { ChangeFilter } from './stream/change-filter.ts'
export { type ChangesOptions, changes, type Reconnect } from './stream/changes.ts'
export { type Clock, type StreamTiming, systemTiming } from './stream/clock.ts'
export * from './stream/errors.ts'
export type { ChangeFrame, StreamFrame } from './stream/stream-frame.ts'
export {
  deleteWatchList,
  getWatchList,
  getWatchListEntries,
  listWatchLists,
  putWatchList,
  type WatchListDescription,
  type WatchListsOptions,
  type WatchListToPut,
} from './watch-lists.ts'
