import type { Part } from '@freshet/protocol'
import type { TestChange } from './test-change.ts'

/** A server that the conformance tests run against, and the strings that they pull behind it. */
export interface ConformanceServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string
  readonly logId: string
  readonly partitions: number
  /** Resolves once they are in the log. */
  append(changes: readonly TestChange[]): Promise<void>
  /** Puts a record into the log that no server can read. */
  appendDamaged(): Promise<void>
  /** Has retention remove everything appended so far. What it leaves are changes of the wiki `fillerwiki`. */
  trim(): Promise<void>
  /** Makes the log unreadable until disposed of. */
  breakLog(): Disposable
  /** Resolves with its id once it is in the log. */
  publishDictionary(bytes: Uint8Array, parts: readonly Part[]): Promise<string>
  drain(): Promise<void>
}

export interface ServerLimits {
  readonly connectionsMax: number
  readonly subscriptionsPerSocketMax: number
  readonly filterValuesTotalMax: number
  readonly watchListsMax: number
  readonly watchListBytesTotalMax: number
}

export const LIMITS: ServerLimits = {
  connectionsMax: 1_000,
  subscriptionsPerSocketMax: 10,
  filterValuesTotalMax: 1_000_000,
  watchListsMax: 1_000,
  watchListBytesTotalMax: 256 * 1024 ** 2,
}

export type OpenServer = (limits: ServerLimits) => Promise<ConformanceServer>

/** What every server under test has to be configured with; the defaults would make the tests wait. */
export const INTERVALS = { heartbeatIntervalMs: 500, progressIntervalMs: 500 }
