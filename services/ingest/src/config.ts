import { PARTS, type Part } from '@freshet/protocol'
import type { SettingsGroup } from '@freshet/service'
import { z } from 'zod'

const DAY_HOURS = 24
const count = z.coerce.number().int().positive()

/** An edit may name any domain: without a list, whoever posts one could make Freshet ask hosts of its own network. */
const WIKIMEDIA_DOMAINS = [
  'wikipedia.org',
  'wiktionary.org',
  'wikibooks.org',
  'wikinews.org',
  'wikiquote.org',
  'wikisource.org',
  'wikiversity.org',
  'wikivoyage.org',
  'wikidata.org',
  'wikimedia.org',
  'wikifunctions.org',
  'mediawiki.org',
]

const TEXT_PARTS: readonly Part[] = PARTS.filter((part) => part !== 'core')

/** In the order that they lie in a change. */
function partsIn(list: string, context: z.core.$RefinementCtx<string>): readonly Part[] {
  const names = listOf(list)
  const unknown = names.find((name) => !TEXT_PARTS.includes(name as Part))
  if (unknown !== undefined)
    context.addIssue(`there is no part ${unknown}; the parts are ${TEXT_PARTS.join(', ')}`)
  return TEXT_PARTS.filter((part) => names.includes(part))
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** Everything about edits coming in. */
export const INGEST_SETTINGS = {
  prefix: 'INGEST',
  schema: z.object({
    source: z
      .string()
      .optional()
      .describe(
        'Where edits come from: a recording, a MediaWiki XML export, the URL of an EventStreams stream, "sample", or "none" for posts only. Left out: live Wikipedia.',
      ),
    wikis: z
      .string()
      .default('')
      .transform(listOf)
      .describe('Take edits of these wikis only, by database name, separated by commas; empty for all.'),
    pace: z
      .union([z.literal('max'), z.coerce.number().positive()])
      .default('max')
      .describe('How fast a recording is played: max, or a factor of the recorded pace such as 1 or 10.'),
    loop: z
      .boolean()
      .default(false)
      .describe('Play a recording again when it is over, with new ids and times.'),
    userAgent: z
      .string()
      .min(1)
      .default('Freshet/0.1 (no contact given: set INGEST_USER_AGENT)')
      .describe('Sent to wikis. Their operators ask for a way to reach you in it: put your address here.'),
    livenessTimeoutMs: count
      .default(60_000)
      .describe('An EventStreams connection on which nothing arrives for so long is opened anew.'),
    mediawikiApi: z
      .string()
      .default('https://{domain}/w/api.php')
      .describe(
        'Where texts are fetched that an edit does not carry; {domain} is the wiki. "none": nowhere.',
      ),
    mediawikiDomains: z
      .string()
      .default(WIKIMEDIA_DOMAINS.join(','))
      .transform(listOf)
      .describe(
        'Texts are only fetched from these domains and those below them; "*" for any that an edit names.',
      ),
    textDeadlineMs: count
      .default(60_000)
      .describe(
        'How long a wiki that does not answer is asked again before a change goes out without its text.',
      ),
    textGraceMs: z.coerce
      .number()
      .int()
      .nonnegative()
      .default(2_000)
      .describe(
        'How long a revision that a wiki does not know yet is asked for again: its replicas may lag.',
      ),
    apiConcurrency: count.default(8).describe('Requests to MediaWiki APIs at the same time.'),
    textStoreBytes: count
      .default(2 * 1024 ** 3)
      .describe('How much disk the kept revision texts may take; past it the oldest go first.'),
    parts: z
      .string()
      .default(TEXT_PARTS.join(','))
      .transform((list, context) => partsIn(list, context))
      .describe('Which parts are worked out, separated by commas; others cannot be asked for.'),
    partThreads: count
      .optional()
      .describe('Threads that work parts out. Left out: one for each core but one.'),
    partDeadlineMs: count
      .default(5_000)
      .describe(
        'How long the parts of one page may take before it gets the coarse form. One that went to a thread with others is tried once more alone.',
      ),
    bodyBytesMax: count.default(32 * 1024 ** 2).describe('Largest body of a POST.'),
    itemsMax: count.default(10_000).describe('Most edits or events in one POST.'),
    pendingBytesMax: count
      .default(128 * 1024 ** 2)
      .describe('Bytes of posts that wait to be stored; past it posts are answered with 429.'),
    lagRecordsMax: count
      .default(10_000)
      .describe('Edits that wait to become changes; past it no more are read from the source.'),
    partitions: count.max(1_000).default(10).describe('Partitions of the topics edits and changes.'),
    editsRetentionHours: count.default(7 * DAY_HOURS).describe('How long edits are kept in the log.'),
    changesRetentionHours: count.default(7 * DAY_HOURS).describe('How long article changes can be replayed.'),
    changesRetentionBytes: count
      .default(50 * 1024 ** 3)
      .describe('How much disk the article changes may take; past it the oldest go first.'),
    deadLettersRetentionHours: count.default(30 * DAY_HOURS).describe('How long dead letters are kept.'),
  }),
} satisfies SettingsGroup

export type IngestSettings = z.output<typeof INGEST_SETTINGS.schema>
