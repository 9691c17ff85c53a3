import { type ChangeLog, InMemoryChangeLog, LogUnavailableError, readCompacted } from '@freshet/change-log'
import {
  DICTIONARIES_MAX,
  DICTIONARIES_TOPIC,
  DICTIONARY_BYTES,
  type DictionaryInput,
  storedDictionary,
} from '@freshet/dictionary'
import Fastify from 'fastify'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { DictionaryPublisher } from '../dictionary-publisher.ts'
import { dictionariesRoute } from './dictionaries.ts'

let log: ChangeLog
let app: ReturnType<typeof Fastify>

beforeEach(async () => {
  log = new InMemoryChangeLog()
  await log.ensureTopics([
    {
      name: DICTIONARIES_TOPIC,
      partitions: 1,
      cleanup: 'compact',
      retentionMs: undefined,
      retentionBytes: undefined,
    },
  ])
  app = Fastify()
  dictionariesRoute(app, new DictionaryPublisher(log))
})

function input(bytes: Uint8Array): DictionaryInput {
  return { bytes: Buffer.from(bytes).toString('base64'), parts: ['core'], ratio: 4, ratioWithout: 2 }
}

const post = (body: object) => app.inject({ method: 'POST', url: '/v1/dictionaries', payload: body })

async function kept() {
  const records = await readCompacted(log, DICTIONARIES_TOPIC, new AbortController().signal)
  return [...records.values()].map(storedDictionary)
}

describe('POST /v1/dictionaries', () => {
  it('keeps a dictionary, once', async () => {
    const bytes = Buffer.alloc(2_000, 'rain')
    const first = await post(input(bytes))
    expect(first.statusCode).toBe(201)
    const again = await post(input(bytes))
    expect(again.json()).toEqual(first.json())
    const [dictionary, ...others] = await kept()
    expect(others).toEqual([])
    expect(dictionary).toMatchObject({ parts: ['core'], ratio: 4, ratioWithout: 2 })
    expect(Buffer.from(dictionary?.bytes ?? []).equals(bytes)).toBe(true)
    expect(first.json().url).toBe(`/v1/dictionaries/${dictionary?.id}`)
  })

  it('withdraws the oldest past the bound', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      for (let number = 0; number < DICTIONARIES_MAX + 1; number++) {
        vi.setSystemTime(Date.UTC(2026, 0, 1 + number))
        expect((await post(input(Buffer.alloc(1_024, number)))).statusCode).toBe(201)
      }
    } finally {
      vi.useRealTimers()
    }
    const left = await kept()
    expect(left).toHaveLength(DICTIONARIES_MAX)
    expect(left.map((dictionary) => dictionary?.bytes[0])).not.toContain(0)
  })

  it.each([
    ['too small', input(new Uint8Array(DICTIONARY_BYTES.min - 1)), 'bytes'],
    ['too large', input(new Uint8Array(DICTIONARY_BYTES.max + 1)), 'bytes'],
    ['not raw content', input(Buffer.concat([Buffer.from('37a430ec', 'hex'), Buffer.alloc(2_000)])), 'raw'],
    ['of a part that does not exist', { ...input(Buffer.alloc(2_000)), parts: ['everything'] }, 'parts'],
    ['not base64', { ...input(Buffer.alloc(2_000)), bytes: '!' }, 'bytes'],
    ['without a ratio', { ...input(Buffer.alloc(2_000)), ratio: undefined }, 'ratio'],
  ])('refuses one that is %s', async (_case, body, word) => {
    const { statusCode, json } = await post(body)
    expect(statusCode).toBe(400)
    expect(json()).toMatchObject({
      error: { code: 'invalid_dictionary', message: expect.stringContaining(word) },
    })
    expect(await kept()).toEqual([])
  })

  it('says so while the log cannot be written', async () => {
    vi.spyOn(log, 'transact').mockRejectedValue(new LogUnavailableError('the disk is full'))
    const { statusCode, headers } = await post(input(Buffer.alloc(2_000)))
    expect([statusCode, headers['retry-after']]).toEqual([503, '5'])
  })
})
