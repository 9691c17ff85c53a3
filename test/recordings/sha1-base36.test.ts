import { expect, it } from 'vitest'
import { sha1Base36 } from './sha1-base36.ts'

it('is the digest that MediaWiki stores', () => {
  expect(sha1Base36('')).toBe('phoiac9h4m842xq45sp7s6u21eteeq1')
})

it('keeps leading zeros', () => {
  expect(sha1Base36('17')).toBe('0tt80woaa11w8brcde626s7nrqra0yk')
})
