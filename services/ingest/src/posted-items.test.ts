import { describe, expect, it } from 'vitest'
import { itemsOfJson, itemsOfNdjson, TooManyItemsError } from './posted-items.ts'

describe('posted items', () => {
  it('are one object, the members of an array, or the lines of NDJSON', () => {
    const values = (items: ReturnType<typeof itemsOfJson>) =>
      items.map((item) => (item.type === 'value' ? item.value : item.reason))
    expect(values(itemsOfJson(Buffer.from('{"a":1}'), 10))).toEqual([{ a: 1 }])
    expect(values(itemsOfJson(Buffer.from('[{"a":1},2]'), 10))).toEqual([{ a: 1 }, 2])
    expect(values(itemsOfNdjson(Buffer.from('{"a":1}\n\r\n{"a":2}'), 10))).toEqual([{ a: 1 }, { a: 2 }])
  })

  it('keep the bytes of what cannot be read, and go on with the next line', () => {
    const items = itemsOfNdjson(Buffer.from('{"a":\n{"a":2}\n'), 10)
    expect(items.map(({ type }) => type)).toEqual(['unreadable', 'value'])
    expect(Buffer.from(items[0]?.raw ?? []).toString()).toBe('{"a":')
  })

  it('are refused as bytes that are no UTF-8, rather than changed', () => {
    expect(itemsOfJson(Buffer.from([0x22, 0xff, 0x22]), 10)).toMatchObject([
      { type: 'unreadable', reason: 'it is not UTF-8' },
    ])
  })

  it('have a bound', () => {
    expect(() => itemsOfJson(Buffer.from('[1,2,3]'), 2)).toThrow(TooManyItemsError)
    expect(() => itemsOfNdjson(Buffer.from('1\n2\n3'), 2)).toThrow(TooManyItemsError)
  })
})
