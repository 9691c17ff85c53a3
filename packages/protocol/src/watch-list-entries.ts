import { ProtocolError } from './errors.ts'
import { ENTRY_SCHEMAS } from './filter.ts'
import { parseJson } from './json.ts'
import { mistakeIn } from './mistake.ts'
import { WATCH_LIST_ENTRIES_MAX, type WatchListKind } from './watch-list.ts'

/** How entries are written: one a line, as one JSON array, or as one JSON value a line. */
export type EntriesFormat = 'text' | 'json' | 'ndjson'

/** Mistakes that an answer names. */
const MISTAKES_NAMED_MAX = 5

/** An entry as it stands in what the partner sent. */
interface GivenEntry {
  /** Where it stands, such as `line 3`. */
  readonly place: string
  readonly value: unknown
}

/**
 * The entries of a watch-list, each once, in the form that filters compare; page ids as digits. Throws a `ProtocolError`:
 * `invalid_watch_list` naming the places of the first mistakes, `invalid_json`, or `watch_list_too_large`.
 */
export function parseWatchListEntries(
  text: string,
  format: EntriesFormat,
  of: WatchListKind,
): ReadonlySet<string> {
  const entries = new Set<string>()
  const mistakes: string[] = []
  for (const { place, value } of givenEntries(text, format)) {
    const parsed = ENTRY_SCHEMAS[of].safeParse(of === 'page' ? numberOf(value) : value, { reportInput: true })
    if (parsed.success) entries.add(String(parsed.data))
    else if (mistakes.push(mistakeIn(parsed.error, place, [])) === MISTAKES_NAMED_MAX) break
    if (entries.size > WATCH_LIST_ENTRIES_MAX) throw tooManyEntries()
  }
  if (mistakes.length === 0) return entries
  throw new ProtocolError(
    'invalid_watch_list',
    mistakes.join('; '),
    `Nothing was stored. Each entry of this list is one value that the condition "${of}" takes.`,
  )
}

function* givenEntries(text: string, format: EntriesFormat): Generator<GivenEntry> {
  switch (format) {
    case 'text':
      for (const { place, line } of linesOf(text)) yield { place, value: line }
      return
    case 'ndjson':
      for (const { place, line } of linesOf(text)) yield { place, value: parseJson(line, place) }
      return
    case 'json': {
      const values = parseJson(text, 'the body')
      if (!Array.isArray(values)) {
        throw new ProtocolError('invalid_watch_list', 'the body is no array', 'Send a JSON array of entries.')
      }
      for (const [index, value] of values.entries()) yield { place: `entry ${index}`, value }
    }
  }
}

/** One by one, as a text may have more lines than memory has room for. Blank ones are passed by. */
function* linesOf(text: string): Generator<{ readonly place: string; readonly line: string }> {
  let number = 0
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const line = text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end)
    number++
    if (line.trim() !== '') yield { place: `line ${number}`, line }
    start = end + 1
  }
}

/** What is no number stays as it is, so that the check names it. */
function numberOf(value: unknown): unknown {
  return typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : value
}

function tooManyEntries(): ProtocolError {
  return new ProtocolError(
    'watch_list_too_large',
    `the list has more than ${WATCH_LIST_ENTRIES_MAX} different entries`,
    'Split it over several lists, and name them all: "watchList": ["first", "second"].',
  )
}
