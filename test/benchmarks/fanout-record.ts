import type { NewRecord } from '@freshet/change-log'
import { type Attributes, changeRecordOf, encodeParts } from '@freshet/events'
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
  const wiki = wikiOf(number)
  const page = number % 5_000
  return changeRecordOf({
    id: `${wiki}:${number}`,
    key: `${wiki}:${page}`,
    attributes: { ...ATTRIBUTES, wiki, page },
    parts: encodeParts(core, new Map([['diff', diff]])),
  })
}
