import type { NewRecord } from '@freshet/change-log'
import { changeRecordOf, encodeParts } from '@freshet/events'
import { SOME_ATTRIBUTES } from '../../services/fanout/src/testing/some-attributes.ts'
import { benchmarkEvent, wikiOf } from './fanout-events.ts'

/** An event of the benchmark as it lies in the log. */
export function benchmarkRecord(number: number): NewRecord {
  const { core, diff } = benchmarkEvent(number)
  const wiki = wikiOf(number)
  const page = number % 5_000
  return changeRecordOf({
    id: `${wiki}:${number}`,
    key: `${wiki}:${page}`,
    attributes: { ...SOME_ATTRIBUTES, wiki, page },
    parts: encodeParts(core, new Map([['diff', diff]])),
  })
}
