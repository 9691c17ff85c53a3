import { z } from 'zod'
import type { EditInput } from '../edit.ts'
import { type Mapped, metaSchema, parseEvent, sourceEvent, titleFromDbKey, userSchema } from './mapped.ts'
import { itemOf } from './page-change.ts'
import { performerOf } from './performer.ts'

const slotSchema = z.looseObject({
  rev_slot_content_model: z.string(),
  rev_slot_size: z.int().nonnegative().optional(),
  rev_slot_sha1: z.string().optional(),
  rev_slot_origin_rev_id: z.int().positive().optional(),
})

/** https://schema.wikimedia.org/repositories/primary/jsonschema/mediawiki/revision/create/2.0.0.yaml */
const eventSchema = z.looseObject({
  $schema: z.string(),
  meta: metaSchema,
  database: z.string(),
  dt: z.string().optional(),
  page_id: z.int().positive(),
  page_title: z.string().min(1),
  page_namespace: z.int(),
  page_is_redirect: z.boolean().optional(),
  rev_id: z.int().positive(),
  rev_parent_id: z.int().nonnegative().optional(),
  rev_timestamp: z.string(),
  rev_sha1: z.string().optional(),
  rev_len: z.int().nonnegative().optional(),
  rev_minor_edit: z.boolean().optional(),
  rev_content_model: z.string().optional(),
  rev_slots: z.record(z.string(), slotSchema).optional(),
  rev_is_revert: z.boolean().optional(),
  rev_revert_details: z
    .looseObject({
      rev_revert_method: z.string().optional(),
      rev_reverted_revs: z.array(z.int().positive()).optional(),
      rev_is_exact_revert: z.boolean().optional(),
      rev_original_rev_id: z.int().positive().optional(),
    })
    .optional(),
  performer: userSchema.optional(),
  comment: z.string().optional(),
})

type RevisionCreate = z.infer<typeof eventSchema>

/** `mediawiki/revision/create` lacks tags, the size of the revision before, and whether the page was just moved. */
export function mapRevisionCreate(event: unknown): Mapped<EditInput> {
  const created = parseEvent(eventSchema, event)
  const performer = performerOf(created.performer)
  const { rev_parent_id: parentId = 0 } = created
  return {
    type: 'edit',
    edit: {
      kind: parentId === 0 ? 'create' : 'edit',
      wiki: created.database,
      domain: created.meta.domain ?? null,
      page: {
        id: created.page_id,
        title: titleFromDbKey(created.page_title),
        namespace: created.page_namespace,
        isRedirect: created.page_is_redirect ?? null,
        item: itemOf(created.database, created.page_namespace, created.page_title),
      },
      revision: {
        id: created.rev_id,
        parentId,
        timestamp: created.rev_timestamp,
        sizeBytes: created.rev_len ?? null,
        sha1: created.rev_sha1 ?? null,
        comment: created.comment ?? null,
        editor: performer,
        isMinor: created.rev_minor_edit ?? null,
        contentModel: created.rev_slots?.main?.rev_slot_content_model ?? created.rev_content_model ?? null,
        slots: slotsOf(created),
      },
      performer,
      revert: revertOf(created),
      editedAt: created.rev_timestamp,
      source: sourceEvent(created.$schema, created.meta),
    },
  }
}

function slotsOf(created: RevisionCreate) {
  return Object.fromEntries(
    Object.entries(created.rev_slots ?? {}).map(([role, slot]) => [
      role,
      {
        model: slot.rev_slot_content_model,
        sizeBytes: slot.rev_slot_size ?? null,
        sha1: slot.rev_slot_sha1 ?? null,
        originRevisionId: slot.rev_slot_origin_rev_id ?? null,
      },
    ]),
  )
}

function revertOf(created: RevisionCreate): EditInput['revert'] {
  if (created.rev_is_revert !== true) return null
  const details = created.rev_revert_details
  return {
    method: details?.rev_revert_method ?? null,
    revertedRevisionIds: details?.rev_reverted_revs ?? [],
    isExact: details?.rev_is_exact_revert ?? null,
    restoredRevisionId: details?.rev_original_rev_id ?? null,
  }
}
