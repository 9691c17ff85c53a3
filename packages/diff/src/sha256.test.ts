import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sha256 as nativeSha256 } from './sha256.node.ts'
import { sha256 } from './sha256.ts'

it('gives in a browser what it gives in Node', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(sha256(text)).toBe(nativeSha256(text))
    }),
    { numRuns: 500, examples: [[''], ['x'.repeat(55)], ['x'.repeat(56)], ['x'.repeat(64)], ['\ud800']] },
  )
})
