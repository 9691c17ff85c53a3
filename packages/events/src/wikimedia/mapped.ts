import { z } from 'zod'

/** What a Wikimedia event turned out to be. */
export type Mapped<E> =
  | { readonly type: 'edit'; readonly edit: E }
  | { readonly type: 'skipped'; readonly reason: 'canary' | 'not_a_page_change' }

export function skippedAs(reason: 'canary' | 'not_a_page_change'): {
  type: 'skipped'
  reason: typeof reason
} {
  return { type: 'skipped', reason }
}

/** Enough to mend an event; one with a million wrong members does not get a million answers. */
const MISTAKES_MAX = 20
const MISTAKE_LENGTH_MAX = 500

/** The event cannot be read; the message names the fields and what is wrong with each. */
export class MappingError extends Error {
  override readonly name = 'MappingError'

  static of({ issues }: z.ZodError): MappingError {
    const mistakes = issues.slice(0, MISTAKES_MAX).map(({ path, message }) => {
      const reason = message.slice(0, MISTAKE_LENGTH_MAX)
      return path.length === 0 ? reason : `${path.join('.')}: ${reason}`
    })
    return new MappingError(mistakes.join('; '))
  }
}

export function parseEvent<T extends z.ZodType>(schema: T, event: unknown): z.output<T> {
  const parsed = schema.safeParse(event)
  if (!parsed.success) throw MappingError.of(parsed.error)
  return parsed.data
}

export const metaSchema = z.looseObject({
  id: z.string().optional(),
  request_id: z.string().optional(),
  domain: z.string().optional(),
  dt: z.string().optional(),
})

/** Who an event says did it; fields that a stream does not send are optional. */
export const userSchema = z.looseObject({
  user_text: z.string().optional(),
  user_id: z.int().nonnegative().optional(),
  groups: z.array(z.string()).optional(),
  user_groups: z.array(z.string()).optional(),
  is_bot: z.boolean().optional(),
  user_is_bot: z.boolean().optional(),
  is_system: z.boolean().optional(),
  is_temp: z.boolean().optional(),
  edit_count: z.int().nonnegative().optional(),
  user_edit_count: z.int().nonnegative().optional(),
  registration_dt: z.string().optional(),
  user_registration_dt: z.string().optional(),
})

/** Titles come as database keys, with underscores. */
export function titleFromDbKey(dbKey: string): string {
  return dbKey.replaceAll('_', ' ')
}

export function sourceEvent(schema: string, meta: z.infer<typeof metaSchema>) {
  return {
    schema,
    eventId: meta.id ?? null,
    requestId: meta.request_id ?? null,
    emittedAt: meta.dt ?? null,
  }
}
