import { describe, expect, it } from 'vitest'
import { canonicalFilter, filterKey } from './canonical-filter.ts'
import { ProtocolError } from './errors.ts'
import {
  CONDITION_NAMES,
  FILTER_DEPTH_MAX,
  FILTER_NODES_MAX,
  FILTER_VALUES_MAX,
  parseFilter,
} from './filter.ts'
import { filterFromQuery } from './filter-query.ts'

function refusal(run: () => unknown): ProtocolError {
  try {
    run()
  } catch (error) {
    if (error instanceof ProtocolError) return error
    throw error
  }
  throw new Error('was accepted')
}

describe('parseFilter', () => {
  it('takes one value or several for each condition', () => {
    expect(parseFilter({ wiki: 'enwiki', namespace: [0, 1], minor: false, minSizeDelta: -5 })).toEqual({
      wiki: ['enwiki'],
      namespace: [0, 1],
      minor: [false],
      minSizeDelta: -5,
    })
  })

  it('nests any, all and not', () => {
    const filter = parseFilter({ any: [{ tag: 'x' }, { all: [{ item: 'Q42' }] }], not: { performer: 'bot' } })
    expect(filter).toEqual({
      any: [{ tag: ['x'] }, { all: [{ item: ['Q42'] }] }],
      not: { performer: ['bot'] },
    })
  })

  it('takes titles with underscores for the same as with spaces', () => {
    expect(parseFilter({ title: 'Ada_Lovelace', titlePrefix: 'List_of' })).toEqual({
      title: ['Ada Lovelace'],
      titlePrefix: ['List of'],
    })
  })

  it.each([
    [{ wikis: 'enwiki' }, 'filter: there is no "wikis". Did you mean "wiki"?'],
    [{ kind: ['edit', 'edits'] }, 'filter.kind[1]: "edits" is not one of create, edit'],
    [{ kind: 'edits' }, 'Did you mean "edit"?'],
    [{ namespace: '0' }, 'filter.namespace[0]: expected'],
    [{ page: 0 }, 'filter.page[0]:'],
    [{ page: 1.5 }, 'filter.page[0]:'],
    [{ item: 'q42' }, 'filter.item[0]: "q42" is no Wikidata item'],
    [{ wiki: 'English' }, 'filter.wiki[0]: "English" is no wiki id'],
    [{ title: '' }, 'filter.title[0]:'],
    [{ title: 'a\u0000b' }, 'control character'],
    [{ tag: '\ud800' }, 'lone surrogate'],
    [{ title: [] }, 'filter.title: is an empty list'],
    [{ minSizeDelta: [1, 2] }, 'filter.minSizeDelta: expected'],
    [{ minor: 'true' }, 'filter.minor[0]: expected boolean, got "true"'],
    [
      { not: { any: [{ wiki: 'enwiki' }, { performer: 'human' }] } },
      'filter.not.any[1].performer[0]: "human"',
    ],
    [{ any: [] }, 'filter.any: must hold at least one'],
    [{ any: { wiki: 'enwiki' } }, 'filter.any: expected array'],
    [[], 'filter: expected object'],
    [null, 'filter: expected object, got null'],
    ['wiki', 'filter: expected object, got "wiki"'],
    [{ wiki: null }, 'filter.wiki[0]: expected string, got null'],
    [{ wiki: { toString: 1 } }, 'filter.wiki[0]: expected string'],
    [JSON.parse('{"__proto__": {"wiki": "enwiki"}}'), 'filter: there is no "__proto__"'],
  ])('refuses %j with an error that names the field', (json, message) => {
    const error = refusal(() => parseFilter(json))
    expect(error.code).toBe('invalid_filter')
    expect(error.message).toContain(message)
    for (const name of CONDITION_NAMES) expect(error.help).toContain(name)
  })

  it('takes as many values as the bound says and refuses one more', () => {
    const titles = Array.from({ length: FILTER_VALUES_MAX }, (_, index) => `Page ${index}`)
    expect(parseFilter({ title: titles }).title).toHaveLength(FILTER_VALUES_MAX)
    expect(refusal(() => parseFilter({ title: [...titles, 'one more'] })).code).toBe('filter_too_large')
    expect(refusal(() => parseFilter({ title: titles, not: { wiki: 'enwiki' } })).code).toBe(
      'filter_too_large',
    )
  })

  it('refuses deep nesting without walking down it', () => {
    const nested = (depth: number) => JSON.parse(`${'{"not":'.repeat(depth)}{}${'}'.repeat(depth)}`)
    expect(parseFilter(nested(FILTER_DEPTH_MAX))).toBeDefined()
    expect(refusal(() => parseFilter(nested(FILTER_DEPTH_MAX + 1))).code).toBe('filter_too_large')
    expect(refusal(() => parseFilter(nested(200_000))).code).toBe('filter_too_large')
    const lists = JSON.parse(`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`)
    for (const json of [lists, { wiki: lists }, { wikis: lists }, { minSizeDelta: lists }]) {
      expect(refusal(() => parseFilter(json)).code).toBe('invalid_filter')
    }
  })

  it('refuses a wide filter and an object of a million keys with a short message', () => {
    const wide = { any: Array.from({ length: FILTER_NODES_MAX }, () => ({})) }
    expect(refusal(() => parseFilter(wide)).code).toBe('filter_too_large')
    const keys = Object.fromEntries(Array.from({ length: 1_000_000 }, (_, index) => [`k${index}`, 1]))
    const error = refusal(() => parseFilter(keys))
    expect(error.code).toBe('filter_too_large')
    const fewer = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, 1]))
    expect(refusal(() => parseFilter(fewer)).message.length).toBeLessThan(300)
  })
})

describe('filterFromQuery', () => {
  const read = (query: string) => filterFromQuery(new URLSearchParams(query))

  it('takes repeated parameters and comma-separated lists', () => {
    expect(
      read('wiki=enwiki,dewiki&wiki=frwiki&namespace=0,-1&page=4294967297&minor=true&maxSizeDelta=-10'),
    ).toEqual({
      wiki: ['enwiki', 'dewiki', 'frwiki'],
      namespace: [0, -1],
      page: [4_294_967_297],
      minor: [true],
      maxSizeDelta: -10,
    })
  })

  it('keeps the commas of titles, prefixes and tags', () => {
    expect(read('title=Paris,_Texas&title=Ada&titlePrefix=A,b&tag=x,y')).toEqual({
      title: ['Paris, Texas', 'Ada'],
      titlePrefix: ['A,b'],
      tag: ['x,y'],
    })
  })

  it('requires the JSON form in addition', () => {
    expect(read(`wiki=enwiki&filter=${encodeURIComponent('{"any":[{"tag":"x"}]}')}`)).toEqual({
      wiki: ['enwiki'],
      all: [{ any: [{ tag: ['x'] }] }],
    })
  })

  it.each([
    ['namespace=main', 'invalid_filter', 'filter.namespace[0]'],
    ['namespace=', 'invalid_filter', 'filter.namespace[0]'],
    ['minor=yes', 'invalid_filter', 'filter.minor[0]'],
    ['minSizeDelta=1&minSizeDelta=2', 'invalid_filter', 'filter.minSizeDelta'],
    ['wiki=enwiki,', 'invalid_filter', 'filter.wiki[1]'],
    ['filter={', 'invalid_json', 'the query parameter "filter"'],
    ['filter={"a":1}', 'invalid_filter', 'filter.all[0]: there is no "a"'],
  ])('refuses %s', (query, code, message) => {
    const error = refusal(() => read(query))
    expect(error.code).toBe(code)
    expect(error.message).toContain(message)
  })
})

describe('canonicalFilter', () => {
  const key = (json: unknown) => filterKey(canonicalFilter(parseFilter(json)))

  it('gives equal filters the same key, however they were written', () => {
    expect(key({ wiki: ['b', 'a', 'b'], namespace: [10, 9], title: 'A_b' })).toBe(
      key({ title: ['A b'], namespace: [9, 10, 9], wiki: ['a', 'b'] }),
    )
    expect(key({ any: [{ tag: 'x' }, { wiki: 'a' }, { tag: ['x'] }] })).toBe(
      key({ any: [{ wiki: 'a' }, { tag: 'x' }] }),
    )
  })

  it('gives different filters different keys', () => {
    const keys = [
      {},
      { wiki: 'a' },
      { project: 'a' },
      { not: { wiki: 'a' } },
      { any: [{ wiki: 'a' }] },
      { minor: true },
      { minor: false },
    ]
    expect(new Set(keys.map(key)).size).toBe(keys.length)
  })
})
