import { z } from 'zod'
import { type EditInput, PAGE_CHANGE_KINDS } from '../edit.ts'
import { type Mapped, metaSchema, parseEvent, sourceEvent, titleFromDbKey, userSchema } from './mapped.ts'
import { performerOf } from './performer.ts'

const slotSchema = z.looseObject({
  content_model: z.string(),
  content_format: z.string().optional(),
  content_size: z.int().nonnegative().optional(),
  content_sha1: z.string().optional(),
  origin_rev_id: z.int().positive().optional(),
})

const revisionSchema = z.looseObject({
  rev_id: z.int().positive(),
  rev_parent_id: z.int().nonnegative().optional(),
  rev_dt: z.string().optional(),
  rev_size: z.int().nonnegative().optional(),
  rev_sha1: z.string().optional(),
  comment: z.string().optional(),
  editor: userSchema.optional(),
  is_minor_edit: z.boolean().optional(),
  is_content_visible: z.boolean().optional(),
  is_editor_visible: z.boolean().optional(),
  is_comment_visible: z.boolean().optional(),
  content_slots: z.record(z.string(), slotSchema).optional(),
})

const priorRevisionSchema = revisionSchema.partial()

const pageSchema = z.looseObject({
  page_id: z.int().positive(),
  page_title: z.string().min(1),
  namespace_id: z.int(),
  is_redirect: z.boolean().optional(),
  revision_count: z.int().nonnegative().optional(),
  redirect_page_link: z.looseObject({ page_title: z.string() }).optional(),
})

/** https://schema.wikimedia.org/repositories/primary/jsonschema/mediawiki/page/change/1.2.0.yaml */
const eventSchema = z.looseObject({
  $schema: z.string(),
  meta: metaSchema,
  page_change_kind: z.enum(PAGE_CHANGE_KINDS),
  wiki_id: z.string(),
  dt: z.string(),
  comment: z.string().optional(),
  performer: userSchema.optional(),
  page: pageSchema,
  revision: revisionSchema,
  created_redirect_page: pageSchema.partial({ page_id: true }).optional(),
  prior_state: z
    .looseObject({ page: pageSchema.partial().optional(), revision: priorRevisionSchema.optional() })
    .optional(),
})

type Slots = z.infer<typeof revisionSchema>['content_slots']

/** `mediawiki/page/change` holds everything that an edit can say, except tags and the text. */
export function mapPageChange(event: unknown): Mapped<EditInput> {
  const change = parseEvent(eventSchema, event)
  const { page, revision, prior_state: prior, created_redirect_page: redirect } = change
  return {
    type: 'edit',
    edit: {
      kind: change.page_change_kind,
      wiki: change.wiki_id,
      domain: change.meta.domain ?? null,
      page: {
        id: page.page_id,
        title: titleFromDbKey(page.page_title),
        namespace: page.namespace_id,
        isRedirect: page.is_redirect ?? null,
        item: itemOf(change.wiki_id, page.namespace_id, page.page_title),
        redirectTarget: page.redirect_page_link ? titleFromDbKey(page.redirect_page_link.page_title) : null,
        revisionCount: page.revision_count ?? null,
      },
      priorPage: prior?.page?.page_title
        ? {
            id: prior.page.page_id ?? page.page_id,
            title: titleFromDbKey(prior.page.page_title),
            namespace: prior.page.namespace_id ?? page.namespace_id,
            isRedirect: prior.page.is_redirect ?? null,
          }
        : null,
      createdRedirect: redirect
        ? {
            id: redirect.page_id ?? null,
            title: titleFromDbKey(redirect.page_title),
            namespace: redirect.namespace_id,
            isRedirect: redirect.is_redirect ?? null,
          }
        : null,
      revision: { ...revisionOf(revision), id: revision.rev_id },
      priorRevision: prior?.revision ? revisionOf(prior.revision) : null,
      performer: performerOf(change.performer),
      comment: change.comment ?? null,
      editedAt: change.dt,
      source: sourceEvent(change.$schema, change.meta),
    },
  }
}

/** Also of a part of a revision, such as the visibility before: what is absent stays absent. */
function revisionOf(revision: z.infer<typeof priorRevisionSchema>) {
  const main = revision.content_slots?.main
  return {
    ...(revision.rev_id !== undefined && { id: revision.rev_id }),
    ...(revision.rev_parent_id !== undefined && { parentId: revision.rev_parent_id }),
    ...(revision.rev_dt !== undefined && { timestamp: revision.rev_dt }),
    ...(revision.rev_size !== undefined && { sizeBytes: revision.rev_size }),
    ...(revision.rev_sha1 !== undefined && { sha1: revision.rev_sha1 }),
    ...(revision.comment !== undefined && { comment: revision.comment }),
    ...(revision.editor !== undefined && { editor: performerOf(revision.editor) }),
    ...(revision.is_minor_edit !== undefined && { isMinor: revision.is_minor_edit }),
    ...(main !== undefined && { contentModel: main.content_model }),
    ...(revision.content_slots !== undefined && { slots: slotsOf(revision.content_slots) }),
    ...(revision.is_content_visible !== undefined && { isContentVisible: revision.is_content_visible }),
    ...(revision.is_editor_visible !== undefined && { isEditorVisible: revision.is_editor_visible }),
    ...(revision.is_comment_visible !== undefined && { isCommentVisible: revision.is_comment_visible }),
  }
}

function slotsOf(slots: NonNullable<Slots>) {
  return Object.fromEntries(
    Object.entries(slots).map(([role, slot]) => [
      role,
      {
        model: slot.content_model,
        format: slot.content_format ?? null,
        sizeBytes: slot.content_size ?? null,
        sha1: slot.content_sha1 ?? null,
        originRevisionId: slot.origin_rev_id ?? null,
      },
    ]),
  )
}

/** On Wikidata the page is the item. */
export function itemOf(wiki: string, namespace: number, title: string): string | null {
  return wiki.includes('wikidata') && namespace === 0 && /^Q[1-9]\d*$/.test(title) ? title : null
}
