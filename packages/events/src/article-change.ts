import { z } from 'zod'
import {
  licenseSchema,
  PAGE_CHANGE_KINDS,
  pageNameSchema,
  pageSchema,
  performerSchema,
  priorRevisionSchema,
  revertSchema,
  revisionSchema,
} from './edit.ts'

/** Why a text is not to be had. */
export const TEXT_UNAVAILABLE_REASONS = [
  /** The source carries no text, and no MediaWiki API is known for this wiki. */
  'not_carried',
  /** The source does not say which revision it is. */
  'revision_unknown',
  /** The wiki has no such revision (any more). */
  'deleted',
  /** The text of the revision is hidden. */
  'suppressed',
  /** The wiki could not be asked within the time-out. */
  'temporarily_unavailable',
  /** What the wiki sent does not have the digest of the revision. */
  'digest_mismatch',
  /** The text is larger than Freshet takes. */
  'too_large',
  /** The act leaves no text: the page is gone. */
  'page_deleted',
  /** The act did not touch the text. */
  'no_new_revision',
] as const
export type TextUnavailableReason = (typeof TEXT_UNAVAILABLE_REASONS)[number]

/** Why a part is not to be had: a text is missing, or the part itself cannot be made. */
export const PART_UNAVAILABLE_REASONS = [
  ...TEXT_UNAVAILABLE_REASONS,
  /** It is made of wikitext only, and the page is code or data. */
  'not_wikitext',
  /** It could not be worked out in time. */
  'deadline_exceeded',
] as const
export type PartUnavailableReason = (typeof PART_UNAVAILABLE_REASONS)[number]

/** Stands in place of a part that could not be made: which revision's text was missing, and why. */
export const unavailableSchema = z.strictObject({
  unavailable: z.strictObject({
    revision: z.enum(['new', 'base']),
    reason: z.enum(PART_UNAVAILABLE_REASONS),
  }),
})
export type Unavailable = z.infer<typeof unavailableSchema>

export const attributionSchema = z.strictObject({
  title: z.string(),
  permalink: z.url().nullable(),
  license: licenseSchema.nullable(),
})

/** The part `core`: everything about an article change except its text. Its members stand at the event's top level. */
export const coreSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(PAGE_CHANGE_KINDS),
  wiki: z.string(),
  domain: z.string().nullable(),
  project: z.string().nullable(),
  language: z.string().nullable(),
  page: pageSchema,
  priorPage: pageNameSchema.nullable(),
  createdRedirect: pageNameSchema.nullable(),
  revision: revisionSchema.nullable(),
  priorRevision: priorRevisionSchema.nullable(),
  performer: performerSchema.nullable(),
  comment: z.string().nullable(),
  revert: revertSchema.nullable(),
  times: z.strictObject({ edited: z.string(), received: z.string(), published: z.string() }),
  attribution: attributionSchema,
})
export type Core = z.infer<typeof coreSchema>
