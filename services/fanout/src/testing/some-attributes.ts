import type { Attributes } from '@freshet/events'

/** Of a change of which it does not matter what they are. */
export const SOME_ATTRIBUTES: Attributes = {
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
