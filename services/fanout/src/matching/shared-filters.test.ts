import { type ChangeAttributes, type Filter, ProtocolError, parseFilter } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'
import { storedWatchList } from '../testing/watch-lists.ts'
import { SharedFilters } from './shared-filters.ts'

const VALUES_MAX = 10
const titles = (count: number): Filter =>
  parseFilter({ title: Array.from({ length: count }, (_, index) => `T${index}`) })

describe('shared filters', () => {
  it('compiles one for all who wrote the same, and forgets it with the last', () => {
    const filters = new SharedFilters({ valuesMax: VALUES_MAX, watchLists: new Map() })
    const first = filters.acquire(parseFilter({ wiki: ['a', 'b'] }))
    const second = filters.acquire(parseFilter({ wiki: ['b', 'a', 'a'] }))
    expect(second.matches).toBe(first.matches)
    expect(filters.size).toBe(1)
    first.release()
    expect(filters.size).toBe(1)
    second.release()
    expect(filters.size).toBe(0)
  })

  it('goes by a watch-list as it was until it is renewed, once for all who wrote the same', async () => {
    const watchLists = new Map([['mine', await storedWatchList('mine', 'title', ['Rain'])]])
    const filters = new SharedFilters({ valuesMax: 1, watchLists })
    const written = parseFilter({ any: [{ not: { watchList: 'mine' } }] })
    const [first, second] = [filters.acquire(written), filters.acquire(written)]
    expect(first.renew()).toBeUndefined()
    watchLists.set('mine', await storedWatchList('mine', 'title', ['Snow']))
    const renewed = first.renew()
    expect(renewed?.id).not.toBe(first.id)
    expect(second.renew()?.id).toBe(renewed?.id)
    expect(renewed?.renew()).toBeUndefined()
    const wants = (filter: typeof first | undefined, title: string) =>
      filter?.matches({ title } as ChangeAttributes)
    expect([wants(first, 'Rain'), wants(first, 'Snow')]).toEqual([false, true])
    expect([wants(renewed, 'Rain'), wants(renewed, 'Snow')]).toEqual([true, false])
    watchLists.delete('mine')
    expect(() => renewed?.renew()).toThrow(expect.objectContaining({ code: 'unknown_watch_list' }))
  })

  it('refuses what would exceed the bound, and has room again afterwards', () => {
    const filters = new SharedFilters({ valuesMax: VALUES_MAX, watchLists: new Map() })
    const held = filters.acquire(titles(8))
    const refused = () => filters.acquire(parseFilter({ any: [{ page: [1, 2] }, { minSizeDelta: 1 }] }))
    expect(refused).toThrow(ProtocolError)
    expect(() => filters.acquire(titles(8))).not.toThrow()
    held.release()
    expect(refused).toThrow(expect.objectContaining({ code: 'overloaded' }))
  })
})
