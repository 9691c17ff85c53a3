import { expect, test } from 'vitest'
import { sha1Base36 } from './text-digest.ts'

test("sha1Base36 writes digests as MediaWiki's database does, with 31 digits", () => {
  // The digest that every MediaWiki has for an empty page.
  expect(sha1Base36('')).toBe('phoiac9h4m842xq45sp7s6u21eteeq1')
  expect(sha1Base36('text 43')).toBe('00z082epw8o3vsxa9kchpt4017qvrqz')
})
