import { type Filter, ProtocolError, parseFilter } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'
import { SharedFilters } from './shared-filters.ts'

const VALUES_MAX = 10
const titles = (count: number): Filter =>
  parseFilter({ title: Array.from({ length: count }, (_, index) => `T${index}`) })

describe('shared filters', () => {
  it('compiles one for all who wrote the same, and forgets it with the last', () => {
    const filters = new SharedFilters(VALUES_MAX)
    const first = filters.acquire(parseFilter({ wiki: ['a', 'b'] }))
    const second = filters.acquire(parseFilter({ wiki: ['b', 'a', 'a'] }))
    expect(second.matches).toBe(first.matches)
    expect(filters.size).toBe(1)
    first.release()
    expect(filters.size).toBe(1)
    second.release()
    expect(filters.size).toBe(0)
  })

  it('refuses what would exceed the bound, and has room again afterwards', () => {
    const filters = new SharedFilters(VALUES_MAX)
    const held = filters.acquire(titles(8))
    const refused = () => filters.acquire(parseFilter({ any: [{ page: [1, 2] }, { minSizeDelta: 1 }] }))
    expect(refused).toThrow(ProtocolError)
    expect(() => filters.acquire(titles(8))).not.toThrow()
    held.release()
    expect(refused).toThrow(expect.objectContaining({ code: 'overloaded' }))
  })
})
