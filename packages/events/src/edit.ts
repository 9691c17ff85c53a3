import { z } from 'zod'
import { editIdOf } from './edit-id.ts'
import { wikiSiteOf } from './wiki-site.ts'

/** The kinds of `mediawiki/page/change`. */
export const PAGE_CHANGE_KINDS = [
  'create',
  'edit',
  'move',
  'delete',
  'undelete',
  'visibility_change',
] as const
export type PageChangeKind = (typeof PAGE_CHANGE_KINDS)[number]

export const PERFORMER_KINDS = ['registered', 'temporary', 'anonymous', 'bot'] as const
export type PerformerKind = (typeof PERFORMER_KINDS)[number]

/** Bounds on what an edit may hold. A MediaWiki page is at most 2 MiB (`$wgMaxArticleSize`), a title 255 bytes. */
export const TEXT_BYTES_MAX = 4 * 1024 * 1024
const TITLE_LENGTH_MAX = 512
const NAME_LENGTH_MAX = 512
const COMMENT_LENGTH_MAX = 20_000
const LIST_LENGTH_MAX = 1_000

const id = z.int().positive()
/** Sizes and their differences are compared as 32-bit numbers; see `encodeAttributes`. */
const sizeBytes = z.int32().nonnegative()
const timestamp = z.iso.datetime({ offset: true })
const wellFormed = z
  .string()
  .refine((text) => text.isWellFormed(), 'a lone surrogate has no UTF-8 form; replace it with U+FFFD')
const name = wellFormed.max(NAME_LENGTH_MAX)
const comment = wellFormed.max(COMMENT_LENGTH_MAX)
const title = wellFormed
  .min(1)
  .max(TITLE_LENGTH_MAX)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'a title has no control characters')
const unknown = null

/** Who did it. `null` in place of a performer means that the name is hidden. */
export const performerSchema = z.strictObject({
  kind: z.enum(PERFORMER_KINDS),
  name: name.min(1),
  id: id.nullable().default(unknown),
  isSystem: z.boolean().default(false),
  groups: z.array(name).max(LIST_LENGTH_MAX).default([]),
  editCount: z.int().nonnegative().nullable().default(unknown),
  registeredAt: timestamp.nullable().default(unknown),
})
export type Performer = z.infer<typeof performerSchema>

/** A page's name at one moment. Titles are in full, with the namespace's name and spaces: `Talk:Main Page`. */
export const pageNameSchema = z.strictObject({
  id: id.nullable().default(unknown),
  title,
  namespace: z.int32(),
  isRedirect: z.boolean().nullable().default(unknown),
})
export type PageName = z.infer<typeof pageNameSchema>

export const pageSchema = pageNameSchema.extend({
  /** The Wikidata item that the page describes, such as `Q42`. */
  item: z
    .string()
    .regex(/^Q[1-9]\d*$/)
    .nullable()
    .default(unknown),
  /** Where a redirect points to. */
  redirectTarget: title.nullable().default(unknown),
  /** How many revisions a deleted page had. */
  revisionCount: z.int().nonnegative().nullable().default(unknown),
})
export type Page = z.infer<typeof pageSchema>

/** One content slot of a revision; `main` holds the wikitext. */
export const contentSlotSchema = z.strictObject({
  model: name,
  format: name.nullable().default(unknown),
  sizeBytes: sizeBytes.nullable().default(unknown),
  sha1: name.nullable().default(unknown),
  originRevisionId: id.nullable().default(unknown),
})

export const revisionSchema = z.strictObject({
  id,
  /** 0 for the first revision of a page. */
  parentId: z.int().nonnegative().nullable().default(unknown),
  timestamp: timestamp.nullable().default(unknown),
  sizeBytes: sizeBytes.nullable().default(unknown),
  /** SHA-1 over all slots, in base 36 as MediaWiki stores it. Of one slot alone it is that slot's. */
  sha1: name.nullable().default(unknown),
  comment: comment.nullable().default(unknown),
  editor: performerSchema.nullable().default(unknown),
  isMinor: z.boolean().nullable().default(unknown),
  contentModel: name.nullable().default(unknown),
  slots: z.record(name, contentSlotSchema).default({}),
  tags: z.array(name).max(LIST_LENGTH_MAX).nullable().default(unknown),
  isContentVisible: z.boolean().default(true),
  isEditorVisible: z.boolean().default(true),
  isCommentVisible: z.boolean().default(true),
})
export type Revision = z.infer<typeof revisionSchema>

/**
 * What the revision before looked like; for a change of visibility, how visible this one was. Only what the source
 * told is there.
 */
export const priorRevisionSchema = z.strictObject({
  id: id.optional(),
  parentId: z.int().nonnegative().optional(),
  timestamp: timestamp.optional(),
  sizeBytes: sizeBytes.optional(),
  sha1: name.optional(),
  comment: comment.optional(),
  editor: performerSchema.nullable().optional(),
  isMinor: z.boolean().optional(),
  contentModel: name.optional(),
  slots: z.record(name, contentSlotSchema).optional(),
  isContentVisible: z.boolean().optional(),
  isEditorVisible: z.boolean().optional(),
  isCommentVisible: z.boolean().optional(),
})
export type PriorRevision = z.infer<typeof priorRevisionSchema>

export const revertSchema = z.strictObject({
  /** How it was done: `rollback`, `undo`, `manual`. */
  method: name.nullable().default(unknown),
  revertedRevisionIds: z.array(id).max(LIST_LENGTH_MAX).default([]),
  isExact: z.boolean().nullable().default(unknown),
  /** The revision that was restored. */
  restoredRevisionId: id.nullable().default(unknown),
})
export type Revert = z.infer<typeof revertSchema>

export const licenseSchema = z.strictObject({ spdx: name, url: z.url().max(2_000) })
export type License = z.infer<typeof licenseSchema>

/** The event that an edit was made from, so that an operator can find it again. */
const sourceEventSchema = z.strictObject({
  schema: name,
  eventId: name.nullable().default(unknown),
  requestId: name.nullable().default(unknown),
  /** When the wiki emitted the event; may be much later than the edit (imports). */
  emittedAt: timestamp.nullable().default(unknown),
})

const editFields = {
  kind: z.enum(PAGE_CHANGE_KINDS),
  /** The wiki's database name, such as `enwiki`. */
  wiki: z
    .string()
    .max(64)
    .regex(/^[a-z0-9][a-z0-9_-]*$/, 'a wiki id is a database name such as "enwiki"'),
  domain: z.hostname().max(253).nullable().default(unknown),
  /** Wikimedia's project and language; taken from the domain where not given. */
  project: name.nullable().default(unknown),
  language: name.nullable().default(unknown),
  page: pageSchema,
  /** The page's name before a move. */
  priorPage: pageNameSchema.nullable().default(unknown),
  /** The redirect that a move left behind. */
  createdRedirect: pageNameSchema.nullable().default(unknown),
  /** The revision that the act made, or for acts that make none the page's latest. */
  revision: revisionSchema.nullable().default(unknown),
  priorRevision: priorRevisionSchema.nullable().default(unknown),
  /** Who did it; `null` when unknown or hidden. */
  performer: performerSchema.nullable().default(unknown),
  /** The comment of the act itself, such as the reason of a deletion. */
  comment: comment.nullable().default(unknown),
  revert: revertSchema.nullable().default(unknown),
  license: licenseSchema.nullable().default(unknown),
  editedAt: timestamp,
  source: sourceEventSchema.nullable().default(unknown),
  /** The source text of the new revision, when the source carries it. */
  text: wellFormed
    .refine((text) => Buffer.byteLength(text) <= TEXT_BYTES_MAX, `a text has at most ${TEXT_BYTES_MAX} bytes`)
    .nullable()
    .default(unknown),
}

/** What may be posted: an edit without what Freshet works out itself. */
export const editInputSchema = z.strictObject(editFields)
export type EditInput = z.input<typeof editInputSchema>

/** What happened on a wiki: one act of one person on one page. `null` always means "not known". */
export const editSchema = z.strictObject({ id: z.string().min(1), ...editFields })
export type Edit = z.infer<typeof editSchema>

/** Adds the deterministic id, and project and language where the domain tells them. */
export function completeEdit(input: z.output<typeof editInputSchema>): Edit {
  const site = wikiSiteOf(input.domain)
  return {
    id: editIdOf(input),
    ...input,
    project: input.project ?? site.project,
    language: input.language ?? site.language,
  }
}
