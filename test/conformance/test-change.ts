import type { NewRecord } from '@freshet/change-log'
import {
  ATTRIBUTES_HEADER,
  type Attributes,
  CHANGES_TOPIC,
  encodeAttributes,
  encodeParts,
  ID_HEADER,
  PARTS_HEADER,
} from '@freshet/events'

/** A change as a test says it: what matters to it, the rest being anything. */
export interface TestChange extends Partial<Attributes> {
  readonly id: string
  /** Parts beside `core`, as JSON values; `diff` and `patch` unless said otherwise. */
  readonly parts?: Readonly<Record<string, unknown>>
}

const ATTRIBUTES: Attributes = {
  kind: 'edit',
  performer: 'registered',
  minor: false,
  isRevert: false,
  namespace: 0,
  sizeDelta: 10,
  page: 1,
  wiki: 'enwiki',
  project: 'wikipedia',
  language: 'en',
  item: 'Q1',
  title: 'Ada Lovelace',
  tags: [],
}

/** The record that ingest would have appended for it. */
export function changeRecord({ id, parts, ...given }: TestChange): NewRecord {
  const attributes = { ...ATTRIBUTES, ...given }
  const { wiki, page, title, kind } = attributes
  const core = JSON.stringify({ id, kind, wiki, page: { id: page, title } })
  const others = Object.entries(parts ?? { diff: { of: id }, patch: `patch of ${id}` })
  const encoded = encodeParts(core, new Map(others.map(([name, value]) => [name, JSON.stringify(value)])))
  return {
    topic: CHANGES_TOPIC,
    key: `${wiki}:${page ?? title}`,
    headers: {
      [ID_HEADER]: Buffer.from(id),
      [ATTRIBUTES_HEADER]: encodeAttributes(attributes),
      [PARTS_HEADER]: encoded.header,
    },
    value: encoded.value,
  }
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
