import { completeEdit, type Edit, type EditInput, editInputSchema } from '../edit.ts'
import { type Mapped, MappingError, skippedAs } from './mapped.ts'
import { mapPageChange } from './page-change.ts'
import { mapRecentChange } from './recent-change.ts'
import { mapRevisionCreate } from './revision-create.ts'

export { type Mapped, MappingError }

const MAPPINGS: readonly [prefix: string, map: (event: unknown) => Mapped<EditInput>][] = [
  ['/mediawiki/page/change/', mapPageChange],
  ['/mediawiki/revision/create/', mapRevisionCreate],
  ['/mediawiki/recentchange/', mapRecentChange],
]

/** The event schemas that can be read, for error messages. */
export const WIKIMEDIA_SCHEMAS: readonly string[] = MAPPINGS.map(([prefix]) => prefix)

/**
 * An event of Wikimedia's Event Platform as an edit. The event's `$schema` says how to read it
 * (https://schema.wikimedia.org); events that change no page, and canaries, are passed by.
 *
 * @throws MappingError that says what is wrong with the event
 */
export function editFromWikimediaEvent(event: unknown): Mapped<Edit> {
  if (typeof event !== 'object' || event === null) throw new MappingError('an event is a JSON object')
  if (isCanary(event)) return skippedAs('canary')
  const schema = '$schema' in event ? event.$schema : undefined
  const mapping = MAPPINGS.find(([prefix]) => typeof schema === 'string' && schema.startsWith(prefix))
  if (mapping === undefined) {
    throw new MappingError(
      `$schema is ${JSON.stringify(schema)}; can be read: ${WIKIMEDIA_SCHEMAS.join(', ')}`,
    )
  }
  const mapped = mapping[1](event)
  if (mapped.type === 'skipped') return mapped
  const input = editInputSchema.safeParse(mapped.edit)
  if (!input.success) throw MappingError.of(input.error)
  return { type: 'edit', edit: completeEdit(input.data) }
}

/** Wikimedia sends made-up events through every stream to see it alive. */
function isCanary(event: object): boolean {
  if (!('meta' in event) || typeof event.meta !== 'object' || event.meta === null) return false
  return 'domain' in event.meta && event.meta.domain === 'canary'
}
