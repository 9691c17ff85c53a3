import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalFilter } from './canonical-filter.ts'
import { CHANGE_KINDS, type ChangeAttributes, PERFORMERS } from './change-attributes.ts'
import { compileFilter } from './compiled-filter.ts'
import { type Filter, parseFilter } from './filter.ts'

const CHANGE: ChangeAttributes = {
  kind: 'edit',
  performer: 'registered',
  minor: false,
  namespace: 0,
  sizeDelta: 120,
  page: 4_294_967_297,
  wiki: 'enwiki',
  project: 'wikipedia',
  language: 'en',
  item: 'Q7259',
  title: 'Ada Lovelace',
  tags: ['mobile edit', 'visualeditor'],
}

const NOTHING_KNOWN: ChangeAttributes = {
  ...CHANGE,
  performer: null,
  minor: null,
  sizeDelta: null,
  page: null,
  project: null,
  language: null,
  item: null,
  tags: [],
}

describe('compileFilter', () => {
  const matches = (json: unknown, change: ChangeAttributes = CHANGE) =>
    compileFilter(parseFilter(json), new Map())(change)

  it.each([
    [{}, true],
    [{ wiki: 'enwiki' }, true],
    [{ wiki: ['dewiki', 'enwiki'] }, true],
    [{ wiki: 'dewiki' }, false],
    [{ project: 'wikipedia', language: ['de', 'en'] }, true],
    [{ namespace: [1, 2] }, false],
    [{ kind: ['edit', 'move'] }, true],
    [{ page: 4_294_967_297 }, true],
    [{ page: 1 }, false],
    [{ title: 'Ada_Lovelace' }, true],
    [{ title: 'ada Lovelace' }, false],
    [{ titlePrefix: ['B', 'Ada_L'] }, true],
    [{ titlePrefix: ['Lovelace', 'Ada Lovelace and more'] }, false],
    [{ item: 'Q7259' }, true],
    [{ performer: ['anonymous', 'bot'] }, false],
    [{ minor: false }, true],
    [{ minSizeDelta: 120, maxSizeDelta: 120 }, true],
    [{ minSizeDelta: 121 }, false],
    [{ maxSizeDelta: 119 }, false],
    [{ tag: ['x', 'visualeditor'] }, true],
    [{ tag: 'visual' }, false],
    [{ any: [{ wiki: 'dewiki' }, { tag: 'mobile edit' }] }, true],
    [{ any: [{ wiki: 'dewiki' }, { tag: 'x' }] }, false],
    [{ all: [{ wiki: 'enwiki' }, { tag: 'x' }] }, false],
    [{ not: { performer: 'bot' } }, true],
    [{ wiki: 'enwiki', not: { titlePrefix: 'Ada' } }, false],
  ])('%j: %j', (json, expected) => {
    expect(matches(json)).toBe(expected)
  })

  it('meets no condition on what is not known', () => {
    for (const condition of [
      { performer: [...PERFORMERS] },
      { minor: [true, false] },
      { minSizeDelta: -1e9 },
      { maxSizeDelta: 1e9 },
      { page: 1 },
      { project: 'wikipedia' },
      { language: 'en' },
      { item: 'Q1' },
      { tag: 'x' },
    ]) {
      expect(matches(condition, NOTHING_KNOWN)).toBe(false)
      expect(matches({ not: condition }, NOTHING_KNOWN)).toBe(true)
    }
  })

  it('compares the titles of changes with underscores and spaces alike as well', () => {
    expect(matches({ title: 'Ada Lovelace' }, { ...CHANGE, title: 'Ada_Lovelace' })).toBe(true)
    expect(matches({ titlePrefix: 'Ada L' }, { ...CHANGE, title: 'Ada_Lovelace' })).toBe(true)
  })

  it('finds one title among 100,000', () => {
    const title = Array.from({ length: 99_999 }, (_, index) => `Page ${index}`)
    expect(matches({ title: [...title, 'Ada Lovelace'] })).toBe(true)
    expect(matches({ title })).toBe(false)
    expect(matches({ titlePrefix: title })).toBe(false)
  })

  it('means the same in its canonical form, for any filter and change', () => {
    fc.assert(
      fc.property(anyFilter, anyChange, (filter, change) => {
        expect(compiled(canonicalFilter(filter))(change)).toBe(compiled(filter)(change))
      }),
    )
  })

  it('wants by `not` exactly what the filter does not want', () => {
    fc.assert(
      fc.property(anyFilter, anyChange, (filter, change) => {
        expect(compiled({ not: filter })(change)).toBe(!compiled(filter)(change))
      }),
    )
  })
})

const compiled = (filter: Filter) => compileFilter(filter, new Map())
const letters = fc.constantFrom('a', 'b', 'ab', 'B')
const some = <T>(values: fc.Arbitrary<T>) =>
  fc.option(fc.array(values, { minLength: 1, maxLength: 3 }), { nil: undefined })
const anyChange = fc.record<ChangeAttributes>({
  kind: fc.constantFrom(...CHANGE_KINDS),
  performer: fc.constantFrom(null, ...PERFORMERS),
  minor: fc.constantFrom(null, true, false),
  namespace: fc.nat(2),
  sizeDelta: fc.option(fc.integer({ min: -3, max: 3 })),
  page: fc.option(fc.nat(3)),
  wiki: letters,
  project: fc.option(letters),
  language: fc.option(letters),
  item: fc.option(fc.constantFrom('Q1', 'Q2')),
  title: letters,
  tags: fc.array(letters, { maxLength: 2 }),
})
const conditions = {
  wiki: some(letters),
  namespace: some(fc.nat(2)),
  kind: some(fc.constantFrom(...CHANGE_KINDS)),
  page: some(fc.nat(3)),
  titlePrefix: some(letters),
  minor: some(fc.boolean()),
  minSizeDelta: fc.integer({ min: -3, max: 3 }),
  tag: some(letters),
}
const combining = (inner: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> => {
  const list = fc.array(inner, { minLength: 1, maxLength: 2 })
  return fc.record({ ...conditions, any: list, all: list, not: inner }, { requiredKeys: [] })
}
const anyFilter = combining(combining(fc.record(conditions, { requiredKeys: [] })))
