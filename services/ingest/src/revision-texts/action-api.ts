import type { Clock } from '../clock.ts'
import { retryAfterMs } from '../retry-after.ts'
import { type ApiError, parseBody, type RevisionAnswer } from './revision-answer.ts'

export interface ActionApiOptions {
  /** Names the program and where to reach its operator; Wikimedia refuses requests without one. */
  readonly userAgent: string
  /** Replication lag in seconds past which the wiki is to turn us away, so that its editors come first. */
  readonly maxlagSeconds: number
  /** A request that takes longer, its body included, is cut off and counts as failed. */
  readonly requestTimeoutMs: number
  readonly fetch: typeof fetch
  readonly clock: Clock
}

/** How one request ended. `reason` is for a person. */
export type AskOutcome =
  | { readonly type: 'answered'; readonly answer: RevisionAnswer }
  /** Not now: overload, lag, a limit on the rate, a broken connection. */
  | { readonly type: 'busy'; readonly reason: string; readonly retryAfterMs: number | undefined }
  /** An answer that is not the API's, such as an HTML error page with status 200. */
  | { readonly type: 'malformed'; readonly reason: string }
  /** The same request would be refused again. */
  | { readonly type: 'refused'; readonly reason: string }

/**
 * Bound on a body. A wiki's results have at most 8 MiB of text by default (`$wgAPIMaxResultSize`), JSON's escapes on
 * top; more than this is not read, and counts as malformed.
 */
const BODY_BYTES_MAX = 64 * 1024 * 1024

/** Statuses below 500 that mean "later": request time-out, too early, too many requests. */
const BUSY_STATUSES = new Set([408, 425, 429])

/** https://www.mediawiki.org/wiki/API:Errors_and_warnings */
const BUSY_ERRORS = new Set(['maxlag', 'ratelimited', 'readonly'])

/** MediaWiki's own failures, such as `internal_api_error_DBQueryError`. */
const INTERNAL_ERROR = /^internal_api_error/

/** Asks a wiki's Action API for revisions: one call, one HTTP request. Rejects only when the signal aborts. */
export class ActionApi {
  readonly #options: ActionApiOptions

  constructor(options: ActionApiOptions) {
    this.#options = options
  }

  async askRevisions(
    apiUrl: string,
    revisionIds: readonly number[],
    signal: AbortSignal,
  ): Promise<AskOutcome> {
    try {
      const response = await this.#options.fetch(this.#urlOf(apiUrl, revisionIds), {
        headers: { 'user-agent': this.#options.userAgent, 'accept-encoding': 'gzip' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#options.requestTimeoutMs)]),
      })
      return await this.#read(response)
    } catch (error) {
      signal.throwIfAborted()
      return { type: 'busy', reason: reasonOf(error), retryAfterMs: undefined }
    }
  }

  #urlOf(apiUrl: string, revisionIds: readonly number[]): URL {
    const url = new URL(apiUrl)
    const parameters = {
      action: 'query',
      prop: 'revisions',
      revids: revisionIds.join('|'),
      rvprop: 'ids|timestamp|size|sha1|slotsha1|contentmodel|content',
      rvslots: 'main',
      format: 'json',
      formatversion: '2',
      maxlag: String(this.#options.maxlagSeconds),
    }
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    return url
  }

  async #read(response: Response): Promise<AskOutcome> {
    const waitMs = retryAfterMs(response.headers.get('retry-after'), this.#options.clock.now())
    if (response.status >= 500 || BUSY_STATUSES.has(response.status)) {
      await response.body?.cancel()
      return { type: 'busy', reason: `status ${response.status}`, retryAfterMs: waitMs }
    }
    const body = await readBody(response)
    if (body === undefined)
      return { type: 'malformed', reason: `a body of more than ${BODY_BYTES_MAX} bytes` }
    if (response.status !== 200) {
      return { type: 'refused', reason: `status ${response.status}: ${body.slice(0, 200)}` }
    }
    const parsed = parseBody(body)
    return parsed.type === 'error' ? outcomeOfError(parsed.error, waitMs) : outcomeOf(parsed)
  }
}

function outcomeOf(parsed: Exclude<ReturnType<typeof parseBody>, { type: 'error' }>): AskOutcome {
  return parsed.type === 'answer' ? { type: 'answered', answer: parsed.answer } : parsed
}

function outcomeOfError({ code, info }: ApiError, waitMs: number | undefined): AskOutcome {
  const reason = `${code}: ${info.slice(0, 200)}`
  const isBusy = BUSY_ERRORS.has(code) || INTERNAL_ERROR.test(code)
  return isBusy ? { type: 'busy', reason, retryAfterMs: waitMs } : { type: 'refused', reason }
}

/** The body as text, or undefined when it is larger than the bound. */
async function readBody(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.byteLength
    // Leaving the loop cancels the rest of the body.
    if (sizeBytes > BODY_BYTES_MAX) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** `fetch failed` says nothing; the cause has the system's error code. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
