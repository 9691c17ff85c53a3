import { z } from 'zod'
import { editInputSchema } from './edit.ts'
import { articleChangeSchema } from './part-schemas.ts'

/** The JSON Schemas (draft 2020-12) that the service publishes, by name. */
export const JSON_SCHEMAS = {
  edit: z.toJSONSchema(editInputSchema, { io: 'input', unrepresentable: 'any' }),
  'article-change': z.toJSONSchema(articleChangeSchema, { unrepresentable: 'any' }),
}
