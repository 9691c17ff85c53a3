import { describe, expect, it } from 'vitest'
import { DictionaryEncoding } from '../representation/dictionary-encoding.ts'
import { contentEncodingOf } from './content-encoding-of.ts'

describe('contentEncodingOf', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['*', 'identity'],
    ['deflate', 'identity'],
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['br, gzip, deflate', 'gzip'],
    ['br, zstd', 'zstd'],
    ['br, gzip;q=0.9', 'br'],
    ['gzip, deflate, br, zstd', 'gzip'],
    ['zstd, GZIP;q=0.5', 'zstd'],
    ['zstd', 'zstd'],
    ['gzip;q=0, zstd;q=0', 'identity'],
    ['identity, gzip;q=0.5', 'identity'],
    [';;;', 'identity'],
  ])('takes %j for %s', (header, encoding) => {
    const chosen = contentEncodingOf(header, undefined)
    expect(chosen === 'identity' ? chosen : chosen.name).toBe(encoding)
  })

  it.each([
    ['gzip, zstd, dcz', 'dcz'],
    ['dcz', 'dcz'],
    ['gzip, dcz;q=0.9', 'gzip'],
    ['gzip, zstd', 'gzip'],
  ])('with a dictionary that the client has takes %j for %s', (header, encoding) => {
    const about = { createdAt: '', parts: [], ratio: 1, ratioWithout: 1 }
    const withDictionary = new DictionaryEncoding({ ...about, id: '', bytes: new Uint8Array() })
    expect(contentEncodingOf(header, withDictionary)).toMatchObject({ name: encoding })
  })
})
