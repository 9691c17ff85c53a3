import type { NewRecord } from '@freshet/change-log'
import {
  ATTRIBUTES_HEADER,
  type Attributes,
  CHANGES_TOPIC,
  encodeAttributes,
  encodeParts,
  PARTS_HEADER,
} from '@freshet/events'
import { benchmarkEvent, wikiOf } from './fanout-events.ts'

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
  item: 'Q7259',
  title: 'Ada Lovelace',
  tags: [],
}

/** An event of the benchmark as it lies in the log. */
export function benchmarkRecord(number: number): NewRecord {
  const { core, diff } = benchmarkEvent(number)
  const { value, header } = encodeParts(core, new Map([['diff', diff]]))
  const wiki = wikiOf(number)
  return {
    topic: CHANGES_TOPIC,
    key: `${wiki}:${number % 5_000}`,
    headers: {
      [ATTRIBUTES_HEADER]: encodeAttributes({ ...ATTRIBUTES, wiki, page: number % 5_000 }),
      [PARTS_HEADER]: header,
    },
    value,
  }
}
