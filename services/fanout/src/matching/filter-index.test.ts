import {
  CHANGE_KINDS,
  type ChangeAttributes,
  canonicalFilter,
  compileFilter,
  type Filter,
  PERFORMERS,
  parseFilter,
} from '@freshet/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { storedWatchList } from '../testing/watch-lists.ts'
import { FilterIndex, type IndexedFilter } from './filter-index.ts'

const WIKIS = ['awiki', 'bwiki', 'cwiki']
const TITLES = ['A', 'Ab', 'Abc', 'Abc d', 'B']
const TAGS = ['x', 'y', 'z']
const ITEMS = ['Q1', 'Q2', 'Q3']

const WATCHED = {
  titles: { title: ['A', 'Abc d', 'Zz'] },
  pages: { page: [1, 3, 99] },
  items: { item: ['Q2'] },
}
const watchLists = new Map([
  ['titles', await storedWatchList('titles', 'title', WATCHED.titles.title)],
  ['pages', await storedWatchList('pages', 'page', WATCHED.pages.page.map(String))],
  ['items', await storedWatchList('items', 'item', WATCHED.items.item)],
])

const some = <T>(...values: readonly T[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 })
const conditions = {
  wiki: some(...WIKIS),
  project: some('wikipedia', 'wiktionary'),
  language: some('en', 'de'),
  namespace: some(0, 1, 2),
  kind: some(...CHANGE_KINDS),
  page: some(1, 2, 3, 4),
  title: some(...TITLES),
  titlePrefix: some(...TITLES),
  item: some(...ITEMS),
  performer: some(...PERFORMERS),
  minor: some(true, false),
  minSizeDelta: fc.integer({ min: -3, max: 3 }),
  maxSizeDelta: fc.integer({ min: -3, max: 3 }),
  tag: some(...TAGS),
  watchList: some('titles', 'pages', 'items'),
}
/** A few of the conditions; the others are left out. */
const leaf: fc.Arbitrary<Filter> = fc
  .tuple(
    ...Object.entries<fc.Arbitrary<unknown>>(conditions).map(([name, values]) =>
      fc.option(values, { freq: 1, nil: undefined }).map((given) => [name, given] as const),
    ),
  )
  .chain((all) => fc.subarray([...all], { maxLength: 3 }))
  .map((chosen) => Object.fromEntries(chosen.filter(([, given]) => given !== undefined)))
const nesting = (inner: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> =>
  fc
    .tuple(
      leaf,
      fc.option(fc.array(inner, { minLength: 1, maxLength: 3 }), { freq: 1 }),
      fc.option(fc.array(inner, { minLength: 1, maxLength: 2 }), { freq: 1 }),
      fc.option(inner, { freq: 1 }),
    )
    .map(([own, any, all, not]) => ({
      ...own,
      ...(any === null ? {} : { any }),
      ...(all === null ? {} : { all }),
      ...(not === null ? {} : { not }),
    }))
const filter = fc.oneof(leaf, nesting(leaf), nesting(nesting(leaf)))
const attributes: fc.Arbitrary<ChangeAttributes> = fc.record({
  kind: fc.constantFrom(...CHANGE_KINDS),
  performer: fc.constantFrom(...PERFORMERS, null),
  minor: fc.constantFrom(true, false, null),
  namespace: fc.constantFrom(0, 1, 2, 3),
  sizeDelta: fc.option(fc.integer({ min: -4, max: 4 })),
  page: fc.option(fc.integer({ min: 1, max: 5 })),
  wiki: fc.constantFrom(...WIKIS, 'otherwiki'),
  project: fc.constantFrom('wikipedia', 'other', null),
  language: fc.constantFrom('en', 'de', 'fr', null),
  item: fc.constantFrom(...ITEMS, 'Q9', null),
  title: fc.constantFrom(...TITLES, 'Abc_d', 'C'),
  tags: fc.uniqueArray(fc.constantFrom(...TAGS, 'w'), { maxLength: 3 }),
})

const indexed = (given: Filter, id: number): IndexedFilter => {
  const parsed = canonicalFilter(parseFilter(given))
  return { id, filter: parsed, watchLists, matches: compileFilter(parsed, watchLists) }
}

/** The same with the entries of the watch-lists in the place of their names. */
const inlined = ({ watchList, any, all, not, ...own }: Filter): Filter => ({
  ...own,
  ...(any && { any: any.map(inlined) }),
  all: [
    ...(all ?? []).map(inlined),
    ...(watchList ? [{ any: watchList.map((name) => WATCHED[name as keyof typeof WATCHED]) }] : []),
    {},
  ],
  ...(not && { not: inlined(not) }),
})

describe('the index of filters', () => {
  it('finds exactly the filters that want a change, also after others have come and gone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(filter, fc.boolean()), { maxLength: 60 }),
        fc.array(filter, { maxLength: 20 }),
        fc.array(attributes, { minLength: 1, maxLength: 20 }),
        (first, later, changes) => {
          const index = new FilterIndex()
          const all = first.map(([given], id) => indexed(given, id))
          for (const each of all) index.add(each)
          const gone = all.filter(({ id }) => first[id]?.[1])
          for (const each of gone) index.delete(each)
          const added = later.map((given, number) => indexed(given, all.length + number))
          for (const each of added) index.add(each)
          const present = [...all.filter((each) => !gone.includes(each)), ...added]
          for (const change of changes) {
            const wanted = present.filter(({ matches }) => matches(change)).map(({ id }) => id)
            expect(index.matching(change).toSorted((a, b) => a - b)).toEqual(wanted)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('takes a watch-list for its entries, wherever in a filter it stands', () => {
    fc.assert(
      fc.property(filter, fc.array(attributes, { minLength: 1, maxLength: 20 }), (given, changes) => {
        const matches = compileFilter(given, watchLists)
        const same = compileFilter(inlined(given), new Map())
        for (const change of changes) expect(matches(change)).toBe(same(change))
      }),
      { numRuns: 500 },
    )
  })

  it('asks a watch-list once for all filters that name it', () => {
    const [list] = watchLists.values()
    let asked = 0
    const counted = {
      name: 'counted',
      of: 'title',
      entries: 1,
      version: 'v',
      has: (value: string | number) => {
        asked++
        return list?.has(value) ?? false
      },
    } as const
    const index = new FilterIndex()
    for (let id = 0; id < 1_000; id++) {
      const named = new Map([['counted', counted]])
      const parsed = parseFilter({ watchList: 'counted', minSizeDelta: id })
      index.add({ id, filter: parsed, watchLists: named, matches: () => true })
    }
    const [change] = fc.sample(attributes, { numRuns: 1, seed: 1 })
    expect(index.matching({ ...(change as ChangeAttributes), title: 'C' })).toEqual([])
    expect(index.matching({ ...(change as ChangeAttributes), title: 'Abc_d' })).toHaveLength(1_000)
    expect(asked).toBe(2)
  })

  it('asks few filters when many watch titles of their own', () => {
    let asked = 0
    const index = new FilterIndex()
    for (let id = 0; id < 10_000; id++) {
      const { filter: parsed, matches } = indexed({ wiki: ['awiki'], title: [`T${id}`, `T${id + 1}`] }, id)
      index.add({
        id,
        filter: parsed,
        watchLists,
        matches: (change) => {
          asked++
          return matches(change)
        },
      })
    }
    const change = { ...(fc.sample(attributes, { numRuns: 1, seed: 1 })[0] as ChangeAttributes) }
    expect(index.matching({ ...change, wiki: 'awiki', title: 'T500' })).toEqual([499, 500])
    expect(asked).toBe(2)
  })
})
