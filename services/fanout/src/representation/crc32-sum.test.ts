import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Crc32Sum } from './crc32-sum.ts'

describe('the sum of pieces', () => {
  it('is that of the pieces joined', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (pieces) => {
        const sum = pieces.map(Crc32Sum.of).reduce((all, next) => all.followedBy(next), Crc32Sum.EMPTY)
        const joined = Buffer.concat(pieces)
        expect([sum.value, sum.bytes]).toEqual([crc32(joined), joined.length])
      }),
    )
  })
})
