import { z } from 'zod'
import { coreSchema, unavailableSchema } from './article-change.ts'

const count = z.int().nonnegative()
const texts = z.array(z.string())

/** A number keeps so many code points, a negative one drops them, a string comes in. */
const wordOps = z.array(z.union([z.int(), z.string()]))
const lineOp = z.union([
  z.strictObject({ keep: count }),
  z.strictObject({ delete: count }),
  z.strictObject({ insert: texts }),
  z.strictObject({ change: wordOps }),
  z.strictObject({ cut: count }),
  z.strictObject({
    paste: z.strictObject({
      from: count,
      lines: count,
      changes: z.array(z.strictObject({ line: count, change: wordOps })).optional(),
    }),
  }),
])
const digest = z.strictObject({ sha256: z.string().length(64) })
const diffHead = { unit: z.literal('line'), coarse: z.boolean(), from: digest, to: digest }

/** What `applyDiff` of `@freshet/diff` takes. */
export const diffSchema = z.union([
  z.strictObject({ ...diffHead, ops: z.array(lineOp) }),
  z.strictObject({ ...diffHead, replace: z.string() }),
])

const comparedRevision = z.strictObject({
  id: z.int().nullable(),
  slot_role: z.literal('main'),
  sections: z.array(z.strictObject({ level: count, heading: z.string(), offset: count })),
})
const highlightRanges = z.array(
  z.strictObject({ start: count, length: count, type: z.union([z.literal(0), z.literal(1)]) }),
)
const moveInfo = z.strictObject({
  id: z.string(),
  linkId: z.string(),
  linkDirection: z.union([z.literal(0), z.literal(1)]),
})
const oldOffset = z.strictObject({ from: count, to: z.null() })
const newOffset = z.strictObject({ from: z.null(), to: count })
const bothOffsets = z.strictObject({ from: count, to: count })
const line = { lineNumber: z.int().positive(), text: z.string() }

/** MediaWiki's REST `compare`. Offsets, starts and lengths are bytes of UTF-8. */
export const compareSchema = z.strictObject({
  from: comparedRevision,
  to: comparedRevision,
  diff: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal(0), ...line, offset: bothOffsets }),
      z.strictObject({ type: z.literal(1), ...line, offset: newOffset }),
      z.strictObject({ type: z.literal(2), text: z.string(), offset: oldOffset }),
      z.strictObject({ type: z.literal(3), ...line, offset: bothOffsets, highlightRanges }),
      z.strictObject({ type: z.literal(4), moveInfo, text: z.string(), offset: oldOffset }),
      z.strictObject({ type: z.literal(5), ...line, moveInfo, offset: newOffset, highlightRanges }),
    ]),
  ),
})

export const sectionsSchema = z.array(
  z.strictObject({
    changes: z.array(z.enum(['added', 'removed', 'renamed', 'moved', 'edited'])),
    path: texts,
    fromPath: texts.optional(),
    level: count.max(6),
    lines: z.strictObject({ added: count, removed: count, changed: count }),
    characters: z.strictObject({ added: count, removed: count }),
  }),
)

const chunk = {
  id: z.string(),
  kind: z.enum(['prose', 'list', 'table', 'facts']),
  path: texts,
  text: z.string(),
  omittedTemplates: count.optional(),
}
const chunkOp = z.union([
  z.strictObject({ keep: count }),
  z.strictObject({ del: texts }),
  z.strictObject({ put: z.strictObject({ ...chunk, replaces: z.string().optional() }) }),
  z.strictObject({
    meta: z.strictObject({ id: z.string(), path: texts, omittedTemplates: count.optional() }),
  }),
  z.strictObject({
    move: z.strictObject({ id: z.string(), path: texts.optional(), omittedTemplates: count.optional() }),
  }),
])

/** What `applyChunkDelta` of `@freshet/chunks` takes. */
export const chunksSchema = z.union([
  z.strictObject({ chunker: z.string(), base: z.string(), result: z.string(), ops: z.array(chunkOp) }),
  z.strictObject({ chunker: z.string(), result: z.string(), replace: z.array(z.strictObject(chunk)) }),
])

const infoboxFact = z.strictObject({ template: z.string(), key: z.string(), value: z.string() })
const referenceFact = z.strictObject({ name: z.string().nullable(), url: z.string().nullable() })
const namesDelta = z.strictObject({ added: texts, removed: texts })

/** What was added, removed and changed; or, where the text before is not known, what there is. */
export const factsSchema = z.union([
  z.strictObject({
    redirectTarget: z.strictObject({ old: z.string().nullable(), new: z.string().nullable() }).optional(),
    infobox: z
      .strictObject({
        added: z.array(infoboxFact),
        removed: z.array(infoboxFact),
        changed: z.array(
          z.strictObject({ template: z.string(), key: z.string(), old: z.string(), new: z.string() }),
        ),
      })
      .optional(),
    categories: namesDelta.optional(),
    links: namesDelta.optional(),
    templates: namesDelta.optional(),
    references: z
      .strictObject({
        added: z.array(referenceFact),
        removed: z.array(referenceFact),
        changed: z.array(
          z.strictObject({ name: z.string(), old: z.string().nullable(), new: z.string().nullable() }),
        ),
      })
      .optional(),
  }),
  z.strictObject({
    replace: z.strictObject({
      redirectTarget: z.string().nullable(),
      infobox: z.array(infoboxFact),
      categories: texts,
      links: texts,
      templates: texts,
      references: z.array(referenceFact),
    }),
  }),
])

function part<T extends z.ZodType>(schema: T) {
  return z.union([schema, unavailableSchema]).optional()
}

/** A whole event: `core` at the top, and the parts that were asked for. */
export const articleChangeSchema = coreSchema.extend({
  diff: part(diffSchema),
  patch: part(z.string()),
  compare: part(compareSchema),
  sections: part(sectionsSchema),
  chunks: part(chunksSchema),
  facts: part(factsSchema),
  text: part(z.string().nullable()),
  wikitext: part(z.string()),
})
export type ArticleChange = z.infer<typeof articleChangeSchema>
