import { z } from 'zod'
import type { EditInput, PageChangeKind } from '../edit.ts'
import { type Mapped, metaSchema, parseEvent, skippedAs, sourceEvent } from './mapped.ts'
import { itemOf } from './page-change.ts'
import { performerNamed } from './performer.ts'

/** The end of the year 9999, in seconds; later times have no ISO form with four digits. */
const TIMESTAMP_MAX = 253_402_300_799

/** https://schema.wikimedia.org/repositories/primary/jsonschema/mediawiki/recentchange/1.0.1.yaml */
const eventSchema = z.looseObject({
  $schema: z.string(),
  meta: metaSchema,
  wiki: z.string(),
  type: z.string(),
  title: z.string().min(1),
  namespace: z.int(),
  timestamp: z.int().positive().max(TIMESTAMP_MAX),
  user: z.string().optional(),
  bot: z.boolean().optional(),
  minor: z.boolean().optional(),
  comment: z.string().optional(),
  length: z
    .looseObject({ old: z.int().nonnegative().nullish(), new: z.int().nonnegative().nullish() })
    .optional(),
  revision: z.looseObject({ old: z.int().nonnegative().nullish(), new: z.int().positive() }).optional(),
  log_type: z.string().nullish(),
  log_action: z.string().nullish(),
  log_params: z.unknown().optional(),
})

type RecentChange = z.infer<typeof eventSchema>

/** The log entries that change a page, as `log_type/log_action`. */
const LOG_KINDS = new Map<string, PageChangeKind>([
  ['move/move', 'move'],
  ['move/move_redir', 'move'],
  ['delete/delete', 'delete'],
  ['delete/delete_redir', 'delete'],
  ['delete/delete_redir2', 'delete'],
  ['delete/restore', 'undelete'],
  ['delete/revision', 'visibility_change'],
  ['upload/upload', 'create'],
  ['upload/overwrite', 'edit'],
  ['upload/revert', 'edit'],
])

/**
 * `mediawiki/recentchange` does not tell the page id, whether the page is a redirect, tags, or the digest of the text;
 * of log entries (moves, deletions, uploads) not the revision either. Entries that change no page are passed by:
 * categorisations, patrols, blocks, new accounts and the like.
 */
export function mapRecentChange(event: unknown): Mapped<EditInput> {
  const change = parseEvent(eventSchema, event)
  const kind = kindOf(change)
  if (kind === undefined) return skippedAs('not_a_page_change')
  const target = kind === 'move' ? moveTargetOf(change.log_params) : undefined
  const editedAt = new Date(change.timestamp * 1_000).toISOString()
  const performer = change.user ? performerNamed(change.user, change.bot ?? false) : null
  return {
    type: 'edit',
    edit: {
      kind,
      wiki: change.wiki,
      domain: change.meta.domain ?? null,
      // A move's log entry carries the namespace of the old title; the new one's is not told, so it is taken as the same.
      page: {
        title: target ?? change.title,
        namespace: change.namespace,
        item: itemOf(change.wiki, change.namespace, change.title),
      },
      priorPage: target === undefined ? null : { title: change.title, namespace: change.namespace },
      revision: change.revision
        ? {
            id: change.revision.new,
            parentId: change.revision.old ?? 0,
            timestamp: editedAt,
            sizeBytes: change.length?.new ?? null,
            comment: change.comment ?? null,
            editor: performer,
            isMinor: change.minor ?? null,
          }
        : null,
      priorRevision: change.revision?.old
        ? {
            id: change.revision.old,
            ...(change.length?.old != null && { sizeBytes: change.length.old }),
          }
        : null,
      performer,
      comment: change.comment ?? null,
      editedAt,
      source: sourceEvent(change.$schema, change.meta),
    },
  }
}

function kindOf(change: RecentChange): PageChangeKind | undefined {
  switch (change.type) {
    case 'edit':
      return 'edit'
    case 'new':
      return 'create'
    case 'log':
      return LOG_KINDS.get(`${change.log_type}/${change.log_action}`)
    default:
      return undefined
  }
}

function moveTargetOf(params: unknown): string | undefined {
  if (typeof params !== 'object' || params === null || !('target' in params)) return undefined
  return typeof params.target === 'string' ? params.target : undefined
}
