import { TEXT_BYTES_MAX } from '@freshet/events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RevisionRequest, RevisionTexts, TextResult } from './revision-texts.ts'
import { sha1Base36 } from './text-digest.ts'

/** A revision that the wiki behind the adapter is to have, or to have had. */
export interface ContractRevision {
  readonly wiki: string
  readonly domain: string
  readonly revisionId: number
  readonly text: string
  readonly state: 'visible' | 'suppressed' | 'deleted'
}

/** Opens the adapter over wikis that hold these revisions and no others. */
export type OpenRevisionTexts = (revisions: readonly ContractRevision[]) => Promise<RevisionTexts>

const NEVER = new AbortController().signal

const AWKWARD_TEXTS = {
  empty: '',
  'a line without an end': 'a line',
  'every kind of line end': 'a\nb\r\nc\rd\u2028e\u0085\n\n',
  'a byte order mark first': '\ufeffa',
  emoji: '👩‍👩‍👧‍👦 and 🏳️‍🌈',
  'right to left': 'שלום \u202bעולם\u202c مرحبا',
  'JSON and HTML': '{"a":"\\u0000"} <b>&amp;</b> \u0001',
  long: 'wikitext '.repeat(100_000),
}

/** What every adapter of `RevisionTexts` promises. */
export function revisionTextsContract(open: OpenRevisionTexts): void {
  describe('RevisionTexts contract', () => {
    test.for(Object.entries(AWKWARD_TEXTS))('gives a text back byte for byte: %s', async ([, text]) => {
      await using texts = await open([revision({ text })])
      const [result] = await texts.get([request({ sha1: sha1Base36(text) })], NEVER)
      expect(result).toEqual({ status: 'available', text })
    })

    test('gives one result per request, in their order, whatever is asked for and how often', async () => {
      const states = ['visible', 'suppressed', 'deleted'] as const
      const known = Array.from({ length: 120 }, (_, index) =>
        revision({
          wiki: index % 2 ? 'frwiki' : 'enwiki',
          domain: index % 2 ? 'fr.wikipedia.org' : 'en.wikipedia.org',
          revisionId: index,
          text: `text ${index}`,
          state: states[index % states.length] ?? 'visible',
        }),
      ).slice(1)
      await using texts = await open(known)
      await fc.assert(
        fc.asyncProperty(fc.array(fc.constantFrom(...known)), async (asked) => {
          const results = await texts.get(asked.map(request), NEVER)
          expect(results).toEqual(asked.map(expectedResult))
        }),
        { numRuns: 20 },
      )
    })

    test('gives every caller its own results when many ask at the same time', async () => {
      const known = Array.from({ length: 200 }, (_, index) =>
        revision({ revisionId: index + 1, text: `text ${index}` }),
      )
      await using texts = await open(known)
      const callers = Array.from({ length: 20 }, (_, at) => known.slice(at, at + 100).toReversed())
      const results = await Promise.all(callers.map((asked) => texts.get(asked.map(request), NEVER)))
      expect(results).toEqual(callers.map((asked) => asked.map(expectedResult)))
    })

    test('keeps revisions of different wikis apart that have the same id', async () => {
      const english = revision({ wiki: 'enwiki', domain: 'en.wikipedia.org', text: 'river' })
      const french = revision({ wiki: 'frwiki', domain: 'fr.wikipedia.org', text: 'rivière' })
      await using texts = await open([english, french])
      const results = await texts.get([request(french), request(english)], NEVER)
      expect(results).toEqual([expectedResult(french), expectedResult(english)])
    })

    test('knows ids above 2^31', async () => {
      const known = revision({ revisionId: 2 ** 40 + 1 })
      await using texts = await open([known])
      expect(await texts.get([request(known)], NEVER)).toEqual([expectedResult(known)])
    })

    test('tells deleted from suppressed', async () => {
      const deleted = revision({ revisionId: 1, state: 'deleted' })
      const suppressed = revision({ revisionId: 2, state: 'suppressed' })
      await using texts = await open([deleted, suppressed])
      expect(await texts.get([deleted, suppressed].map(request), NEVER)).toEqual([
        { status: 'unavailable', reason: 'deleted' },
        { status: 'unavailable', reason: 'suppressed' },
      ])
    })

    test('gives no text whose digest is not the one asked for, and does to who asks rightly', async () => {
      const known = revision({ text: 'right' })
      await using texts = await open([known])
      const wrong = request({ ...known, sha1: sha1Base36('wrong') })
      expect(await texts.get([wrong, request(known)], NEVER)).toEqual([
        { status: 'unavailable', reason: 'digest_mismatch' },
        expectedResult(known),
      ])
    })

    test('takes the largest text, and calls one byte more too large', async () => {
      const largest = revision({ revisionId: 1, text: 'x'.repeat(TEXT_BYTES_MAX) })
      const larger = revision({ revisionId: 2, text: 'x'.repeat(TEXT_BYTES_MAX + 1) })
      await using texts = await open([largest, larger])
      const results = await texts.get([larger, largest].map(request), NEVER)
      expect(results.map(summary)).toEqual(['too_large', TEXT_BYTES_MAX])
    })

    test('answers no requests with no results', async () => {
      await using texts = await open([])
      expect(await texts.get([], NEVER)).toEqual([])
    })

    test('rejects when the signal has aborted', async () => {
      await using texts = await open([revision({})])
      const reason = new Error('enough')
      await expect(texts.get([request({})], AbortSignal.abort(reason))).rejects.toBe(reason)
    })
  })
}

export function revision(fields: Partial<ContractRevision>): ContractRevision {
  return {
    wiki: 'enwiki',
    domain: 'en.wikipedia.org',
    revisionId: 1,
    text: 'text',
    state: 'visible',
    ...fields,
  }
}

/** Asks for a revision, by its digest where the fields name one. */
export function request(fields: Partial<RevisionRequest>): RevisionRequest {
  const { wiki, domain, revisionId } = revision(fields as Partial<ContractRevision>)
  return { wiki, domain, revisionId, sha1: fields.sha1 }
}

function expectedResult({ state, text }: ContractRevision): TextResult {
  return state === 'visible' ? { status: 'available', text } : { status: 'unavailable', reason: state }
}

function summary(result: TextResult): string | number {
  return result.status === 'available' ? result.text.length : result.reason
}
