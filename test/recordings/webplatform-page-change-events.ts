import { hash } from 'node:crypto'
import { isIP } from 'node:net'
import { WEBPLATFORM_DOMAIN, WEBPLATFORM_WIKI } from './webplatform-edits.ts'
import {
  readWebplatformHistory,
  type WebplatformAct,
  type WebplatformRevision,
} from './webplatform-history.ts'

/** https://schema.wikimedia.org/repositories/primary/jsonschema/mediawiki/page/change/1.2.0.yaml */
export type PageChangeEvent = ReturnType<typeof eventOf>

const CHANGELOG_KINDS = { create: 'insert', edit: 'update', delete: 'delete' } as const

/**
 * The WebPlatform history as `mediawiki.page_change.v1` would have told it, in order of revision id. The envelope is
 * derived, the content real: sizes and digests are those of the real texts. Like the real stream it carries no text
 * (`webplatformTexts` has them), and its `meta.dt` never goes back, whatever the times of the edits do.
 */
export async function* webplatformPageChangeEvents(inputPath: string): AsyncIterable<PageChangeEvent> {
  let emittedAt = ''
  for (const act of await readWebplatformHistory(inputPath)) {
    if (act.actedAt > emittedAt) emittedAt = act.actedAt
    yield eventOf(act, emittedAt)
  }
}

/** The texts that the events are about, by revision id: what the wiki's API answers. */
export async function webplatformTexts(inputPath: string): Promise<ReadonlyMap<number, string>> {
  const acts = await readWebplatformHistory(inputPath)
  return new Map(acts.map(({ revision }) => [revision.id, revision.text]))
}

function eventOf(act: WebplatformAct, emittedAt: string) {
  const { kind, page, revision, priorRevision } = act
  const dbKey = dbKeyOf(page.title)
  return {
    $schema: '/mediawiki/page/change/1.2.0',
    meta: metaOf(`${kind} ${page.id} ${revision.id}`, dbKey, emittedAt),
    changelog_kind: CHANGELOG_KINDS[kind],
    page_change_kind: kind,
    dt: act.actedAt,
    wiki_id: WEBPLATFORM_WIKI,
    page: {
      page_id: page.id,
      page_title: dbKey,
      namespace_id: 0,
      is_redirect: revision.redirectTarget !== null,
      ...(kind === 'delete' && { revision_count: act.revisionCount }),
      ...(revision.redirectTarget !== null && {
        redirect_page_link: { page_title: dbKeyOf(revision.redirectTarget), namespace_id: 0 },
      }),
    },
    performer: userOf(act.user),
    ...(kind === 'delete' && { comment: act.comment }),
    revision: revisionOf(revision),
    ...(priorRevision !== undefined && { prior_state: { revision: revisionOf(priorRevision) } }),
  }
}

function metaOf(identity: string, dbKey: string, emittedAt: string) {
  return {
    stream: 'mediawiki.page_change.v1',
    uri: `https://${WEBPLATFORM_DOMAIN}/wiki/${encodeURI(dbKey)}`,
    id: uuidOf(`event ${identity}`),
    request_id: uuidOf(`request ${identity}`),
    domain: WEBPLATFORM_DOMAIN,
    dt: emittedAt,
  }
}

function revisionOf(revision: WebplatformRevision) {
  return {
    rev_id: revision.id,
    ...(revision.parentId !== 0 && { rev_parent_id: revision.parentId }),
    rev_dt: revision.timestamp,
    // The history does not say which edits were minor.
    is_minor_edit: false,
    rev_sha1: revision.sha1,
    rev_size: revision.sizeBytes,
    comment: revision.comment,
    editor: userOf(revision.user),
    is_content_visible: true,
    is_editor_visible: true,
    is_comment_visible: true,
    content_slots: {
      main: {
        slot_role: 'main',
        content_model: 'wikitext',
        content_sha1: revision.sha1,
        content_size: revision.sizeBytes,
        content_format: 'text/x-wiki',
        origin_rev_id: revision.id,
      },
    },
  }
}

function userOf(user: string) {
  return {
    user_text: user,
    groups: isIP(user) > 0 ? ['*'] : ['*', 'user'],
    is_bot: false,
    is_system: false,
    is_temp: false,
  }
}

function dbKeyOf(title: string): string {
  return title.replaceAll(' ', '_')
}

/** Version 8 of RFC 9562: made of our own bits, the same in every run. */
function uuidOf(identity: string): string {
  const digits = hash('sha256', identity)
  const variant = digits.slice(16, 19)
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(12, 15)}`,
    `8${variant}`,
    digits.slice(19, 31),
  ].join('-')
}
