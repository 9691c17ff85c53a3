import { systemClock } from '../clock.ts'
import type { IngestSettings } from '../config.ts'
import { logger } from '../logger.ts'
import { type ActionApiUrl, actionApiUrl } from './action-api-url.ts'
import { MediawikiRevisionTexts } from './mediawiki-revision-texts.ts'
import { StoredRevisionTexts } from './stored-revision-texts.ts'
import { TextStore } from './text-store.ts'

const CONCURRENCY_PER_WIKI = 2
const BATCH_REVISIONS_MAX = 50
const REQUEST_TIMEOUT_MS = 15_000
const MAXLAG_SECONDS = 5

export interface OpenedRevisionTexts {
  readonly texts: StoredRevisionTexts
  readonly upstream: MediawikiRevisionTexts
}

/** The texts that the service works with: a store on disk in front of MediaWiki's Action API. */
export function openRevisionTexts(path: string, settings: IngestSettings): OpenedRevisionTexts {
  const upstream = new MediawikiRevisionTexts({
    apiUrl: allowedApiUrl(settings),
    userAgent: settings.userAgent,
    concurrency: settings.apiConcurrency,
    concurrencyPerWiki: CONCURRENCY_PER_WIKI,
    batchRevisionsMax: BATCH_REVISIONS_MAX,
    deadlineMs: settings.textDeadlineMs,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    missingGraceMs: settings.textGraceMs,
    maxlagSeconds: MAXLAG_SECONDS,
    logger,
    fetch,
    clock: systemClock,
    random: Math.random,
  })
  const store = new TextStore({ path, bytesMax: settings.textStoreBytes, logger })
  return { texts: new StoredRevisionTexts({ store, upstream }), upstream }
}

function allowedApiUrl({ mediawikiApi, mediawikiDomains }: IngestSettings): ActionApiUrl {
  if (mediawikiApi === 'none') return () => undefined
  const urlOf = actionApiUrl(mediawikiApi)
  const isAllowed = (domain: string | undefined) =>
    domain === undefined ||
    mediawikiDomains.some((allowed) => allowed === '*' || `.${domain}`.endsWith(`.${allowed}`))
  return (domain) => (isAllowed(domain) ? urlOf(domain) : undefined)
}
