import { describe, expect, it } from 'vitest'
import { byteRangeOf } from './byte-range.ts'

describe('a byte range', () => {
  it.for([
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=10-19', { start: 10, end: 19 }],
    ['bytes=90-', { start: 90, end: 99 }],
    ['bytes=90-1000', { start: 90, end: 99 }],
    ['bytes=-1', { start: 99, end: 99 }],
    ['bytes=-1000', { start: 0, end: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-4', undefined],
    ['bytes=0-1,3-4', undefined],
    ['lines=0-1', undefined],
    ['bytes=-', undefined],
    [undefined, undefined],
  ] as const)('of 100 bytes, asked for as %s, is %o', ([header, expected]) => {
    expect(byteRangeOf(header, 100)).toEqual(expected)
  })
})
