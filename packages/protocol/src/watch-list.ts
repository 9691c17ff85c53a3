import { z } from 'zod'
import type { ChangeAttributes } from './change-attributes.ts'
import { comparableTitle } from './comparable-title.ts'
import { didYouMean } from './did-you-mean.ts'
import { ProtocolError } from './errors.ts'

/** The conditions that a watch-list may have the entries of. */
export const WATCH_LIST_KINDS = ['title', 'page', 'item'] as const
export type WatchListKind = (typeof WATCH_LIST_KINDS)[number]

/** How many different entries one list may hold. */
export const WATCH_LIST_ENTRIES_MAX = 1_000_000

/** The name that a list is stored under and that filters use. */
export const watchListName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/,
    'is no name of a watch-list; one has 1 to 64 letters, digits, or any of _ . : - and begins with a letter or digit',
  )

/** What partners are told of a list. */
export interface WatchListFacts {
  readonly name: string
  readonly of: WatchListKind
  /** How many there are. */
  readonly entries: number
  /** SHA-256 of the kind and the entries, sorted by their bytes, each with a newline behind it; in hexadecimal. */
  readonly version: string
}

/** Values that are stored once, to be used by any number of filters. It never changes: a list that is replaced is another. */
export interface WatchList extends WatchListFacts {
  /** Whether the value, in the form that filters compare, is one of the entries. */
  has(value: string | number): boolean
}

/** All lists by their names. */
export type WatchLists = ReadonlyMap<string, WatchList>

/** Throws a `ProtocolError` with the code `unknown_watch_list` when there is none of that name. */
export function watchListNamed<List extends WatchList>(lists: ReadonlyMap<string, List>, name: string): List {
  const list = lists.get(name)
  if (list !== undefined) return list
  throw new ProtocolError(
    'unknown_watch_list',
    `there is no watch-list "${name}".${didYouMean(name, [...lists.keys()])}`,
    'Store it first: PUT /v1/watch-lists/<name>?of=title, with one entry a line. GET /v1/watch-lists says which there are.',
  )
}

/** Whether the list has what it is about of this change. What is not known is in no list. */
export function isWatched(list: WatchList, attributes: ChangeAttributes): boolean {
  const value = watchedValue(list.of, attributes)
  return value !== null && list.has(value)
}

function watchedValue(of: WatchListKind, attributes: ChangeAttributes): string | number | null {
  switch (of) {
    case 'title':
      return comparableTitle(attributes.title)
    case 'page':
      return attributes.page
    case 'item':
      return attributes.item
  }
}
