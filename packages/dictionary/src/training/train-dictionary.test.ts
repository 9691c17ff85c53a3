import { zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { compressWith } from '../compress-with.ts'
import { madeUpSamples, ownerOf } from '../testing/made-up-samples.ts'
import { PAGES_MIN } from './stretch-index.ts'
import { type Trial, trainDictionary } from './train-dictionary.ts'

const PAGES = 40
const BYTES_MAX = 4_096
const options = { bytesMax: BYTES_MAX, onTried: () => undefined }

describe('a trained dictionary', () => {
  const samples = madeUpSamples(PAGES, 10)
  const { bytes, heldOut } = trainDictionary(samples, options)

  it('makes changes of other pages at least twice as small as no dictionary does', () => {
    const others = madeUpSamples(PAGES + 1, 1)
    const sizeWith = (dictionary: Uint8Array | undefined) =>
      others.reduce((sum, sample) => sum + compressWith(dictionary, sample.bytes).length, 0)
    expect(sizeWith(bytes)).toBeLessThan(sizeWith(undefined) / 2)
    expect(heldOut.withDictionary).toBeLessThan(heldOut.withoutDictionary / 2)
    expect(heldOut.withoutDictionary).toBeLessThan(heldOut.uncompressed)
  })

  it('gives back what was compressed with it', () => {
    for (const sample of samples.slice(0, 20)) {
      const compressed = compressWith(bytes, sample.bytes)
      expect(Buffer.compare(zstdDecompressSync(compressed, { dictionary: bytes }), sample.bytes)).toBe(0)
    }
  })

  it('is no larger than asked for', () => {
    expect(bytes.length).toBeGreaterThan(500)
    expect(bytes.length).toBeLessThanOrEqual(BYTES_MAX)
  })

  it('holds nothing that stands on fewer than three pages, however often it stands there', () => {
    expect(PAGES_MIN).toBe(3)
    for (let page = 0; page < PAGES; page++) expect(Buffer.from(bytes).includes(ownerOf(page))).toBe(false)
  })

  it('is the best of those tried', () => {
    const trials: Trial[] = []
    const again = trainDictionary(samples, { ...options, onTried: (trial) => trials.push(trial) })
    expect(trials.length).toBeGreaterThan(1)
    expect(again.heldOut.withDictionary).toBe(Math.min(...trials.map((trial) => trial.withDictionary)))
  })
})

describe('training', () => {
  it('refuses too few changes, and those that have nothing in common', () => {
    expect(() => trainDictionary(madeUpSamples(PAGES, 1).slice(0, 12), options)).toThrow(/too few/)
    const unlike = Array.from({ length: 200 }, (_, page) => ({
      page: String(page),
      bytes: Buffer.from(String.fromCharCode(0x4e00 + page).repeat(50)),
    }))
    expect(() => trainDictionary(unlike, options)).toThrow(/too little in common/)
  })
})
