import type { NewRecord } from '@freshet/change-log'
import { type Attributes, changeRecordOf, encodeParts } from '@freshet/events'
import { SOME_ATTRIBUTES } from '../../services/fanout/src/testing/some-attributes.ts'

/** A change as a test says it: what matters to it, the rest being anything. */
export interface TestChange extends Partial<Attributes> {
  readonly id: string
  /** Parts beside `core`, as JSON values; `diff` and `patch` unless said otherwise. */
  readonly parts?: Readonly<Record<string, unknown>>
}

/** The record that ingest would have appended for it. */
export function changeRecord({ id, parts, ...given }: TestChange): NewRecord {
  const attributes = { ...SOME_ATTRIBUTES, ...given }
  const { wiki, page, title, kind } = attributes
  const core = JSON.stringify({ id, kind, wiki, page: { id: page, title } })
  const others = Object.entries(parts ?? { diff: { of: id }, patch: `patch of ${id}` })
  return changeRecordOf({
    id,
    key: `${wiki}:${page ?? title}`,
    attributes,
    parts: encodeParts(core, new Map(others.map(([name, value]) => [name, JSON.stringify(value)]))),
  })
}

/** `count` changes of as many pages as asked for, `a0`, `a1`, … */
export function changes(
  prefix: string,
  count: number,
  given: Partial<TestChange> = {},
  pages = 7,
): TestChange[] {
  return Array.from({ length: count }, (_, index) => ({
    page: 1 + (index % pages),
    ...given,
    id: `${prefix}${index}`,
  }))
}
