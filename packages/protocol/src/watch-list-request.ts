import { didYouMean } from './did-you-mean.ts'
import { ProtocolError } from './errors.ts'
import { quoted } from './mistake.ts'
import { WATCH_LIST_KINDS, type WatchListKind, watchListName } from './watch-list.ts'

/** Reads the name of a list from a path. Throws a `ProtocolError`. */
export function parseWatchListName(name: string): string {
  const parsed = watchListName.safeParse(name)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ProtocolError('invalid_request', `${quoted(name)} ${issue?.message}`, 'Choose another name.')
}

/** Reads `of` from the query of a PUT, which takes nothing else. Throws a `ProtocolError`. */
export function parseWatchListQuery(query: URLSearchParams): WatchListKind {
  const help = `Say what the entries are: of=${WATCH_LIST_KINDS.join(', of=')}.`
  for (const name of query.keys()) {
    if (name !== 'of') {
      throw new ProtocolError('invalid_request', `there is no query parameter ${quoted(name)}`, help)
    }
  }
  const [given, ...more] = query.getAll('of')
  const kind = WATCH_LIST_KINDS.find((each) => each === given)
  if (kind !== undefined && more.length === 0) return kind
  if (given === undefined) throw new ProtocolError('invalid_request', 'of: is missing', help)
  if (more.length > 0) throw new ProtocolError('invalid_request', 'of: given more than once', help)
  const suggestion = didYouMean(given, WATCH_LIST_KINDS)
  throw new ProtocolError('invalid_request', `of: ${quoted(given)} is no kind of entry.${suggestion}`, help)
}
