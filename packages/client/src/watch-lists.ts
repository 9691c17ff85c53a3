import type { WatchListFacts, WatchListKind } from '@freshet/protocol'
import { endpointUrl } from './endpoint-url.ts'
import { ConnectionError, RefusedError } from './stream/errors.ts'
import { refusalOf } from './stream/refusal.ts'

export interface WatchListsOptions {
  /** Where Freshet is, such as `https://freshet.example`. A path in it stays in front of `/v1/watch-lists`. */
  readonly url: string | URL
  /** Sent along, such as for a proxy that wants a key. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
  /** Left out: the global one. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
}

/** What a list is; `entries` says how many it has. */
export interface WatchListDescription extends WatchListFacts {
  /** Memory that it takes in the server. */
  readonly bytes: number
  /** When it was stored, ISO 8601. */
  readonly updated: string
}

export interface WatchListToPut {
  readonly name: string
  readonly of: WatchListKind
  readonly entries: Iterable<string | number>
  /** Only when this is the version that is stored; null: only when there is no such list. Left out: whatever there is. */
  readonly expected?: string | null | undefined
}

/**
 * Stores a list, or replaces the one of that name: subscriptions that name it go by the new entries from a cursor on that
 * each of them is told. Storing what is stored already changes nothing.
 *
 * @throws RefusedError naming the entries that are wrong, or with the code `precondition_failed`
 * @throws ConnectionError; the list may have been stored, and may be sent again
 */
export async function putWatchList(
  options: WatchListsOptions,
  { name, of, entries, expected }: WatchListToPut,
): Promise<WatchListDescription> {
  const response = await answerTo(options, `/${encodeURIComponent(name)}?of=${of}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...conditionOf(expected) },
    body: JSON.stringify([...entries]),
  })
  return (await response.json()) as WatchListDescription
}

/** Which lists there are, by name in order. */
export async function listWatchLists(options: WatchListsOptions): Promise<readonly WatchListDescription[]> {
  const response = await answerTo(options, '', {})
  const { watchLists } = (await response.json()) as { readonly watchLists: readonly WatchListDescription[] }
  return watchLists
}

/** Undefined when there is no such list. */
export async function getWatchList(
  options: WatchListsOptions,
  name: string,
): Promise<WatchListDescription | undefined> {
  const response = await unlessUnknown(answerTo(options, `/${encodeURIComponent(name)}`, {}))
  return response && ((await response.json()) as WatchListDescription)
}

/** Sorted by their bytes, page ids as digits; undefined when there is no such list. */
export async function getWatchListEntries(
  options: WatchListsOptions,
  name: string,
): Promise<readonly string[] | undefined> {
  const headers = { accept: 'text/plain' }
  const response = await unlessUnknown(answerTo(options, `/${encodeURIComponent(name)}`, { headers }))
  return response && (await response.text()).split('\n').slice(0, -1)
}

/** Subscriptions that name it are closed with `unknown_watch_list`. False when there was no such list. */
export async function deleteWatchList(options: WatchListsOptions, name: string): Promise<boolean> {
  const request = answerTo(options, `/${encodeURIComponent(name)}`, { method: 'DELETE' })
  return (await unlessUnknown(request)) !== undefined
}

async function answerTo(options: WatchListsOptions, path: string, init: RequestInit): Promise<Response> {
  const { url, headers, signal = null, fetch: send = fetch } = options
  const request = new Request(endpointUrl(url, `/v1/watch-lists${path}`), {
    ...init,
    headers: { ...headers, ...(init.headers as Record<string, string> | undefined) },
    signal,
  })
  const response = await send(request).catch((cause: unknown) => {
    throw new ConnectionError('the server could not be reached, or the connection broke', { cause })
  })
  if (!response.ok) throw await refusalOf(response, Date.now())
  return response
}

async function unlessUnknown(answer: Promise<Response>): Promise<Response | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'unknown_watch_list') return undefined
    throw error
  }
}

function conditionOf(expected: string | null | undefined): Record<string, string> {
  if (expected === undefined) return {}
  return expected === null ? { 'if-none-match': '*' } : { 'if-match': `"${expected}"` }
}
