import pLimit, { type LimitFunction } from 'p-limit'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { ActionApi } from './action-api.ts'
import type { ActionApiUrl } from './action-api-url.ts'
import type { WikiText } from './pending-revision.ts'
import type { RevisionRequest, RevisionTexts, TextResult } from './revision-texts.ts'
import { WikiQueue } from './wiki-queue.ts'

export interface MediawikiRevisionTextsOptions {
  readonly apiUrl: ActionApiUrl
  readonly userAgent: string
  /** How many requests are under way at once, over all wikis and to any one of them. */
  readonly concurrency: number
  readonly concurrencyPerWiki: number
  /** MediaWiki takes 50 ids per request from anyone, and 500 from accounts with that right. */
  readonly batchRevisionsMax: number
  /**
   * How long a revision is asked for before it is temporarily unavailable. A request that is under way at that moment
   * may still end, so `get` takes at most this and one `requestTimeoutMs`.
   */
  readonly deadlineMs: number
  readonly requestTimeoutMs: number
  /** How long a revision has to be missing before it is taken for deleted; less than `deadlineMs`. */
  readonly missingGraceMs: number
  readonly maxlagSeconds: number
  readonly logger: Logger
  readonly fetch: typeof fetch
  readonly clock: Clock
  /** At least 0, below 1. */
  readonly random: () => number
}

export interface MediawikiRevisionTextsStats {
  /** HTTP requests sent. */
  readonly requests: number
  /** Those among them that asked for a revision again. */
  readonly retries: number
}

/** Wikis whose pace is remembered. Wikimedia has about a thousand; past the bound an idle one is forgotten. */
const WIKIS_MAX = 2_000

/**
 * Texts from MediaWiki's Action API. https://www.mediawiki.org/wiki/API:Revisions
 *
 * Overload, lag, limits on the rate, broken connections and answers that are no answers are waited out. A wiki that
 * refuses us (as for a missing User-Agent) is logged and not asked again for some seconds; its texts are temporarily
 * unavailable. Aborting a `get` ends the waiting, not the request, which others may be waiting for too.
 */
export class MediawikiRevisionTexts implements RevisionTexts {
  readonly #options: MediawikiRevisionTextsOptions
  readonly #api: ActionApi
  readonly #requestLimit: LimitFunction
  readonly #lifetime = new AbortController()
  /** By URL of the API. */
  readonly #wikis = new Map<string, WikiQueue>()
  #requests = 0
  #retries = 0

  constructor(options: MediawikiRevisionTextsOptions) {
    this.#options = options
    this.#api = new ActionApi(options)
    this.#requestLimit = pLimit(options.concurrency)
  }

  get stats(): MediawikiRevisionTextsStats {
    return { requests: this.#requests, retries: this.#retries }
  }

  async get(requests: readonly RevisionRequest[], signal: AbortSignal): Promise<readonly TextResult[]> {
    signal.throwIfAborted()
    this.#lifetime.signal.throwIfAborted()
    const results = requests.map((request) => this.#getOne(request))
    return untilAborted(Promise.all(results), signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lifetime.abort()
    await Promise.all(Array.from(this.#wikis.values(), (wiki) => wiki.stopped()))
  }

  async #getOne(request: RevisionRequest): Promise<TextResult> {
    const url = this.#options.apiUrl(request.domain)
    if (url === undefined) return { status: 'unavailable', reason: 'not_carried' }
    return checked(await this.#wiki(url).ask(request.revisionId), request)
  }

  #wiki(apiUrl: string): WikiQueue {
    const known = this.#wikis.get(apiUrl)
    if (known !== undefined) return known
    if (this.#wikis.size >= WIKIS_MAX) {
      const idle = this.#wikis.entries().find(([, wiki]) => wiki.isIdle)
      if (idle !== undefined) this.#wikis.delete(idle[0])
    }
    const wiki = new WikiQueue({
      ...this.#options,
      apiUrl,
      api: this.#api,
      requestLimit: this.#requestLimit,
      signal: this.#lifetime.signal,
      onRequest: (isRetry) => {
        this.#requests++
        if (isRetry) this.#retries++
      },
    })
    this.#wikis.set(apiUrl, wiki)
    return wiki
  }
}

/**
 * A revision with several slots has a digest over all of them, which no text of one slot has. A caller that knows
 * only that one is content when the wiki states the same for the revision, and for the slot the digest of the text.
 *
 * The API normalizes Unicode (NFC) in what it sends. The few old texts that are stored otherwise cannot be had byte for
 * byte, and are a mismatch.
 */
function checked(text: WikiText, { sha1 }: RevisionRequest): TextResult {
  if (text.status === 'unavailable') return text
  const { text: source, sha1: actual, statedSlotSha1, statedRevisionSha1 } = text.text
  const isAsStated = statedSlotSha1 === undefined || statedSlotSha1 === actual
  const isAsExpected =
    sha1 === undefined || sha1 === actual || (sha1 === statedRevisionSha1 && statedSlotSha1 === actual)
  return isAsStated && isAsExpected
    ? { status: 'available', text: source }
    : { status: 'unavailable', reason: 'digest_mismatch' }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
