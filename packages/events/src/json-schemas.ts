import { z } from 'zod'
import { coreSchema } from './article-change.ts'
import { editInputSchema } from './edit.ts'

/** The JSON Schemas (draft 2020-12) that the service publishes, by name. */
export const JSON_SCHEMAS = {
  edit: z.toJSONSchema(editInputSchema, { io: 'input', unrepresentable: 'any' }),
  'article-change-core': z.toJSONSchema(coreSchema, { unrepresentable: 'any' }),
}
