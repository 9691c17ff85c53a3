import { type ChangeLog, InMemoryChangeLog, LogUnavailableError } from '@freshet/change-log'
import { DEAD_LETTERS_TOPIC, EDITS_TOPIC } from '@freshet/events'
import Fastify from 'fastify'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { deadLetterOf } from '../dead-letter.ts'
import { receivedEditOf } from '../edit-record.ts'
import { Intake } from '../intake.ts'
import { topicSpecs } from '../topics.ts'
import { intakeRoutes } from './intake-routes.ts'

const HOUR_MS = 3_600_000
const topics = topicSpecs({
  partitions: 3,
  editsRetentionMs: HOUR_MS,
  changesRetentionMs: HOUR_MS,
  changesRetentionBytes: 1024 ** 3,
  deadLettersRetentionMs: HOUR_MS,
})
const bounds = { bodyBytesMax: 64 * 1024, itemsMax: 5 }

let log: ChangeLog
let app: ReturnType<typeof Fastify>

beforeEach(async () => {
  log = new InMemoryChangeLog()
  await log.ensureTopics(topics)
  app = Fastify()
  intakeRoutes(app, new Intake(log, { pendingBytesMax: 1024 ** 2 }), bounds)
})

function edit(revisionId: number) {
  return {
    kind: 'edit',
    wiki: 'testwiki',
    page: { id: 7, title: 'Rain', namespace: 0 },
    revision: { id: revisionId, parentId: revisionId - 1 },
    editedAt: '2026-01-02T03:04:05Z',
    text: `Rain, told for the ${revisionId}th time.`,
  }
}

function post(url: string, payload: unknown, contentType = 'application/json') {
  const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload)
  return app.inject({ method: 'POST', url, headers: { 'content-type': contentType }, payload: body })
}

async function kept(topic: string) {
  const bounds = await log.bounds(topic)
  const records = []
  const signal = new AbortController()
  let missing = bounds.reduce((sum, { earliest, end }) => sum + Number(end - earliest), 0)
  if (missing === 0) return []
  const from = bounds.map(({ earliest }) => earliest)
  for await (const batch of log.read({ topic, from, batchBytesMax: 1024, signal: signal.signal })) {
    records.push(...batch.records)
    missing -= batch.records.length
    if (missing === 0) signal.abort()
  }
  return records
}

const editsKept = async () => (await kept(EDITS_TOPIC)).map((record) => receivedEditOf(record).edit.id)
const deadLettersKept = async () => (await kept(DEAD_LETTERS_TOPIC)).map(deadLetterOf)

describe('POST /v1/edits', () => {
  it('answers 201 with the ids once one edit, an array, or lines of NDJSON are in the log', async () => {
    const one = await post('/v1/edits', edit(1))
    expect([one.statusCode, one.json()]).toEqual([201, { accepted: 1, ids: ['testwiki:1'] }])
    expect((await post('/v1/edits', [edit(2), edit(3)])).statusCode).toBe(201)
    const lines = `${JSON.stringify(edit(4))}\n${JSON.stringify(edit(5))}\n`
    expect((await post('/v1/edits', lines, 'application/x-ndjson')).statusCode).toBe(201)
    expect((await editsKept()).sort()).toEqual([1, 2, 3, 4, 5].map((id) => `testwiki:${id}`))
  })

  it('answers 207 with one entry per item when some are invalid, and keeps those as dead letters', async () => {
    const answer = await post('/v1/edits', [edit(1), { ...edit(2), wiki: 5 }])
    expect(answer.statusCode).toBe(207)
    expect(answer.json()).toMatchObject({
      accepted: 1,
      items: [
        { index: 0, status: 201, id: 'testwiki:1' },
        { index: 1, status: 400, mistakes: [{ field: 'wiki' }] },
      ],
    })
    expect(await deadLettersKept()).toMatchObject([
      { source: 'POST /v1/edits', reason: expect.stringContaining('wiki: ') },
    ])
  })

  it('answers 400 with the reason per field when no item is valid', async () => {
    const answer = await post('/v1/edits', {
      ...edit(1),
      revision: { id: 'one' },
      editedAt: 'yesterday',
      surprise: 1,
    })
    expect(answer.statusCode).toBe(400)
    const fields = answer.json().items[0].mistakes.map(({ field }: { field: string }) => field)
    expect(fields).toEqual(expect.arrayContaining(['revision.id', 'editedAt', '']))
    expect(answer.json().error.code).toBe('invalid_edits')
  })

  it.each([
    ['JSON cut short', '{"kind":'],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x7b])],
    ['a number', '5'],
    ['a lone surrogate', JSON.stringify({ ...edit(1), text: 'x\ud83d' })],
    ['a NUL in the title', JSON.stringify({ ...edit(1), page: { id: 7, title: 'a\u0000b', namespace: 0 } })],
    ['brackets without end', '['.repeat(30_000)],
    [
      'an object of many keys',
      JSON.stringify(Object.fromEntries(Array.from({ length: 4_000 }, (_, i) => [`k${i}`, i]))),
    ],
  ])('answers 400 to %s with a short reason, keeps it, and goes on', async (_name, body) => {
    const answer = await post('/v1/edits', body)
    expect(answer.statusCode).toBe(400)
    expect(answer.body.length).toBeLessThan(5_000)
    const raw = (await deadLettersKept())[0]?.raw
    expect(raw?.length).toBe(Buffer.from(body).length)
    expect((await post('/v1/edits', edit(1))).statusCode).toBe(201)
  })

  it('answers 413 to a body or a number of items past the bound, naming the bound', async () => {
    const large = await post('/v1/edits', 'x'.repeat(bounds.bodyBytesMax + 1))
    expect([large.statusCode, large.json().error.help]).toEqual([413, expect.stringContaining('65536 bytes')])
    const many = await post(
      '/v1/edits',
      Array.from({ length: 6 }, (_, index) => edit(index + 1)),
    )
    expect([many.statusCode, many.json().error.help]).toEqual([413, expect.stringContaining('at most 5')])
    expect(await editsKept()).toEqual([])
  })

  it('answers 415 to a type that it does not read, naming those it does', async () => {
    const answer = await post('/v1/edits', 'a,b', 'text/csv')
    expect([answer.statusCode, answer.json().error.help]).toEqual([
      415,
      expect.stringContaining('application/x-ndjson'),
    ])
  })

  it('answers 503 with Retry-After while the log cannot take anything, and acknowledges nothing', async () => {
    vi.spyOn(log, 'append').mockRejectedValueOnce(new LogUnavailableError('the disk is full'))
    const answer = await post('/v1/edits', edit(1))
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5'])
    expect(await editsKept()).toEqual([])
    expect((await post('/v1/edits', edit(1))).statusCode).toBe(201)
  })

  it('answers 429 with Retry-After when too much waits to be stored', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const append = log.append.bind(log)
    vi.spyOn(log, 'append').mockImplementation(async (records) => {
      await promise
      return append(records)
    })
    app = Fastify()
    intakeRoutes(app, new Intake(log, { pendingBytesMax: 600 }), bounds)
    const first = post('/v1/edits', edit(1))
    await vi.waitFor(() => expect(log.append).toHaveBeenCalledOnce())
    const second = await post('/v1/edits', edit(2))
    expect([second.statusCode, second.headers['retry-after']]).toEqual([429, '5'])
    resolve()
    expect((await first).statusCode).toBe(201)
  })
})

describe('POST /v1/events', () => {
  const event = (revisionId: number) => ({
    $schema: '/mediawiki/page/change/1.2.0',
    meta: { domain: 'en.wikipedia.org', stream: 'mediawiki.page_change.v1', dt: '2026-01-02T03:04:05Z' },
    page_change_kind: 'edit',
    wiki_id: 'enwiki',
    dt: '2026-01-02T03:04:05Z',
    page: { page_id: 7, page_title: 'Rain', namespace_id: 0 },
    revision: { rev_id: revisionId, rev_parent_id: revisionId - 1 },
  })
  const canary = { ...event(9), meta: { domain: 'canary' } }

  it('answers 201 without a body, as EventGate does, to one event and to many', async () => {
    const answer = await post('/v1/events', [event(1), event(5_000_000_000)])
    expect([answer.statusCode, answer.body]).toEqual([201, ''])
    expect((await post('/v1/events', event(2))).statusCode).toBe(201)
    expect((await editsKept()).sort()).toEqual(['enwiki:1', 'enwiki:2', 'enwiki:5000000000'])
  })

  it('answers 202 to hasty events, which are kept all the same', async () => {
    expect((await post('/v1/events?hasty=true', event(1))).statusCode).toBe(202)
    await vi.waitFor(async () => expect(await editsKept()).toEqual(['enwiki:1']))
  })

  it('accepts canaries and drops them', async () => {
    expect((await post('/v1/events', canary)).statusCode).toBe(201)
    expect(await editsKept()).toEqual([])
  })

  it('answers 207 with the invalid events when some are valid, and 400 when none is', async () => {
    const wrong = { ...event(2), revision: {} }
    const some = await post('/v1/events', [event(1), wrong])
    expect(some.statusCode).toBe(207)
    expect(some.json()).toMatchObject({
      invalid: [{ status: 'invalid', event: wrong, context: { message: expect.stringContaining('rev_id') } }],
      error: [],
    })
    const none = await post('/v1/events', { ...event(3), $schema: '/mediawiki/user/blocks/1.0.0' })
    expect([none.statusCode, none.json().invalid[0].context.message]).toEqual([
      400,
      expect.stringContaining('/mediawiki/page/change/'),
    ])
    expect((await deadLettersKept()).map(({ source }) => source)).toEqual([
      'POST /v1/events',
      'POST /v1/events',
    ])
  })

  it('answers 400 to an empty body', async () => {
    expect((await app.inject({ method: 'POST', url: '/v1/events' })).statusCode).toBe(400)
  })
})
