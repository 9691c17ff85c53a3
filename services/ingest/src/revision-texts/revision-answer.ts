import { z } from 'zod'
import { sha1Base36, sha1HexToBase36 } from './text-digest.ts'

/** What the Action API said about the revisions that it was asked for. */
export interface RevisionAnswer {
  /** By revision id. A revision that is neither here nor in `missing` was left out, and has to be asked for again. */
  readonly revisions: ReadonlyMap<number, AnsweredRevision>
  /** `badrevids`: the database that answered has no such revision. */
  readonly missing: ReadonlySet<number>
  /** The answer ended early, at the wiki's limit on the size of a result (`$wgAPIMaxResultSize`). */
  readonly isTruncated: boolean
  /** The revision whose text is by itself larger than that limit. */
  readonly tooLargeRevisionId: number | undefined
}

export type AnsweredRevision =
  | { readonly type: 'text'; readonly text: RevisionText }
  /** The text is hidden (revision deletion) or suppressed. */
  | { readonly type: 'hidden' }
  /** The wiki knows the revision, but could not load its text. */
  | { readonly type: 'not_loaded' }

export interface RevisionText {
  readonly text: string
  /** SHA-1 of `text`, base 36. */
  readonly sha1: string
  /** SHA-1 of the main slot and of the whole revision as the wiki states them, base 36; undefined when it does not. */
  readonly statedSlotSha1: string | undefined
  readonly statedRevisionSha1: string | undefined
}

/** An error that the API reports in its body; it comes with status 200 as a rule. */
export interface ApiError {
  readonly code: string
  readonly info: string
}

const sha1Schema = z
  .string()
  .regex(/^[0-9a-f]{40}$/)
  .optional()
  // A digest in another form, such as the empty one of a broken revision, is as good as none.
  .catch(undefined)

const slotSchema = z.looseObject({
  content: z.string().optional(),
  sha1: sha1Schema,
  texthidden: z.boolean().optional(),
})

const revisionSchema = z.looseObject({
  revid: z.int(),
  sha1: sha1Schema,
  texthidden: z.boolean().optional(),
  sha1hidden: z.boolean().optional(),
  suppressed: z.boolean().optional(),
  slots: z.looseObject({ main: slotSchema.optional() }).optional(),
})

const badRevisionSchema = z.looseObject({ revid: z.int() })

/**
 * `action=query&prop=revisions` with `formatversion=2`. `query` is absent when there is nothing to say, and a list with
 * string keys may be an array or an object, as PHP's are.
 */
const bodySchema = z.looseObject({
  error: z.looseObject({ code: z.string(), info: z.string().default('') }).optional(),
  continue: z.looseObject({ rvcontinue: z.coerce.number().optional().catch(undefined) }).optional(),
  query: z
    .looseObject({
      pages: z.array(z.looseObject({ revisions: z.array(revisionSchema).default([]) })).default([]),
      badrevids: z
        .union([z.array(badRevisionSchema), z.record(z.string(), badRevisionSchema)])
        .default([])
        .transform((bad) => Object.values(bad)),
    })
    .optional(),
})

export type ParsedBody =
  | { readonly type: 'answer'; readonly answer: RevisionAnswer }
  | { readonly type: 'error'; readonly error: ApiError }
  | { readonly type: 'malformed'; readonly reason: string }

/** Reads a body of status 200; whatever is in it, this does not throw. */
export function parseBody(json: string): ParsedBody {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return { type: 'malformed', reason: `not JSON: ${json.slice(0, 80)}` }
  }
  const parsed = bodySchema.safeParse(value)
  if (!parsed.success) return { type: 'malformed', reason: z.prettifyError(parsed.error) }
  const { error, query, continue: more } = parsed.data
  if (error !== undefined) return { type: 'error', error }

  const answered = (query?.pages ?? []).flatMap((page) => page.revisions)
  const isTruncated = more !== undefined
  return {
    type: 'answer',
    answer: {
      revisions: new Map(answered.map((revision) => [revision.revid, readRevision(revision)])),
      missing: new Set((query?.badrevids ?? []).map((bad) => bad.revid)),
      isTruncated,
      // `rvcontinue` names the first revision that did not fit; where none came before it, it cannot fit ever.
      tooLargeRevisionId: isTruncated && answered.length === 0 ? more.rvcontinue : undefined,
    },
  }
}

function readRevision(revision: z.infer<typeof revisionSchema>): AnsweredRevision {
  const main = revision.slots?.main
  // An account with the right to see hidden texts gets the flag together with the text, which still must not go out.
  if (revision.texthidden || main?.texthidden || revision.sha1hidden || revision.suppressed) {
    return { type: 'hidden' }
  }
  // No main slot, `missing`, `textmissing` and `badcontentformat` all mean a text that is not there at the moment.
  if (main?.content === undefined || !main.content.isWellFormed()) return { type: 'not_loaded' }
  return {
    type: 'text',
    text: {
      text: main.content,
      sha1: sha1Base36(main.content),
      statedSlotSha1: main.sha1 && sha1HexToBase36(main.sha1),
      statedRevisionSha1: revision.sha1 && sha1HexToBase36(revision.sha1),
    },
  }
}
