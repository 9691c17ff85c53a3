import type { LogRecord } from '@freshet/change-log'
import { completeEdit, editInputSchema } from '@freshet/events'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { editRecord } from './edit-record.ts'
import { partInputOf } from './parts/part-input.ts'
import { PartMaker } from './parts/part-maker.ts'
import { partsOf } from './parts/parts-of.ts'
import type { RevisionTexts, TextResult } from './revision-texts/revision-texts.ts'
import { UpcomingEdits } from './upcoming-edits.ts'

const PARTS = ['diff', 'wikitext'] as const
const TEXTS: ReadonlyMap<number, string> = new Map([
  [10, 'Rain falls.'],
  [20, 'Snow falls.'],
])

const get = vi.fn<RevisionTexts['get']>(async (requests) =>
  requests.map(({ revisionId }) => available(TEXTS.get(revisionId) ?? '')),
)
let parts: PartMaker

beforeEach(() => {
  parts = new PartMaker({ parts: PARTS, threads: 1, deadlineMs: 20_000 })
})

afterEach(async () => {
  await parts[Symbol.asyncDispose]()
  get.mockClear()
})

it('knows them by their place in the log, and no others', () => {
  const upcoming = newUpcoming()
  const [first, second] = [edit(11, 'Rain fell.'), edit(12, 'Rain will fall.')]
  upcoming.add([recordAt(0n, first)])
  expect(upcoming.received(recordAt(0n, first))?.edit).toEqual(first)
  expect(upcoming.received(recordAt(1n, second))).toBeUndefined()
})

it('asks for a text once, and not for one that an edit before brings, also where that was added before', async () => {
  const upcoming = newUpcoming()
  upcoming.add([recordAt(0n, edit(11, 'Rain fell.'))])
  upcoming.add([recordAt(1n, edit(12, 'Rain will fall.')), recordAt(2n, edit(21, 'Snow fell.'))])
  const texts = await upcoming.texts()
  expect(get.mock.calls.flatMap(([requests]) => requests.map(({ revisionId }) => revisionId))).toEqual([
    10, 20,
  ])
  expect(texts.get('testwiki:10')).toEqual(available('Rain falls.'))
})

it('has the parts of each, and only for what they were made of', async () => {
  const upcoming = newUpcoming()
  const [first, second] = [edit(11, 'Rain fell.'), edit(12, 'Rain will fall.')]
  upcoming.add([recordAt(0n, first)])
  upcoming.add([recordAt(1n, second)])
  await upcoming.texts()
  const input = partInputOf(second, available('Rain fell.'), available('Rain will fall.'))
  expect(await upcoming.parts(second.id, input)).toEqual(partsOf(input, PARTS, undefined))
  const hidden = partInputOf(second, { status: 'unavailable', reason: 'suppressed' }, input.text)
  expect(upcoming.parts(second.id, hidden)).toBeUndefined()
})

it('tells whoever asks for the texts that they could not be had', async () => {
  const upcoming = newUpcoming()
  get.mockRejectedValueOnce(new Error('no texts'))
  upcoming.add([recordAt(0n, edit(11, 'Rain fell.'))])
  await expect(upcoming.texts()).rejects.toThrow('no texts')
})

function newUpcoming(): UpcomingEdits {
  return new UpcomingEdits({ texts: { get }, parts, signal: new AbortController().signal })
}

function available(text: string): TextResult {
  return { status: 'available', text }
}

function edit(revisionId: number, text: string) {
  return completeEdit(
    editInputSchema.parse({
      kind: 'edit',
      wiki: 'testwiki',
      domain: 'test.example.org',
      page: { id: Math.floor(revisionId / 10), title: 'Weather', namespace: 0 },
      revision: { id: revisionId, parentId: revisionId - 1 },
      editedAt: '2026-01-02T03:04:05Z',
      text,
    }),
  )
}

function recordAt(offset: bigint, one: ReturnType<typeof edit>): LogRecord {
  return { ...editRecord(one, '2026-01-02T03:04:06.000Z'), partition: 0, offset, timestampMs: 0 }
}
