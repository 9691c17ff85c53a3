import type { ChangeLog } from '@freshet/change-log'
import type { FanoutSettings } from './config.ts'
import type { DictionaryShelf } from './dictionaries/dictionary-shelf.ts'
import type { SharedFilters } from './matching/shared-filters.ts'
import type { Broadcast } from './subscription/broadcast.ts'
import type { SlowSubscriberLimits } from './subscription/slow-subscriber-rule.ts'
import type { Tail } from './tail/tail.ts'
import type { WatchListReader } from './watch-lists/watch-list-reader.ts'

/** What all connections share. */
export interface FanoutContext {
  readonly log: ChangeLog
  readonly tail: Tail
  readonly broadcast: Broadcast
  readonly filters: SharedFilters
  readonly dictionaries: DictionaryShelf
  readonly watchLists: WatchListReader
  readonly settings: FanoutSettings
  readonly slow: SlowSubscriberLimits
  readonly clock: () => number
}
