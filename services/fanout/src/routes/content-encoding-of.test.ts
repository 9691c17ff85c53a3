import { describe, expect, it } from 'vitest'
import { contentEncodingOf } from './content-encoding-of.ts'

describe('contentEncodingOf', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['*', 'identity'],
    ['br', 'identity'],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'gzip'],
    ['zstd, GZIP;q=0.5', 'zstd'],
    ['zstd', 'zstd'],
    ['gzip;q=0, zstd;q=0', 'identity'],
    ['identity, gzip;q=0.5', 'identity'],
    [';;;', 'identity'],
  ])('takes %j for %s', (header, encoding) => {
    const chosen = contentEncodingOf(header)
    expect(chosen === 'identity' ? chosen : chosen.name).toBe(encoding)
  })
})
