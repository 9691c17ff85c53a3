import { type ChangeLog, InMemoryChangeLog } from '@freshet/change-log'
import {
  type CompressionDictionary,
  DICTIONARIES_MAX,
  DICTIONARIES_TOPIC,
  dictionaryOf,
  dictionaryRecord,
} from '@freshet/dictionary'
import type { Part } from '@freshet/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DictionaryShelf } from './dictionary-shelf.ts'

const TOPIC = {
  name: DICTIONARIES_TOPIC,
  partitions: 1,
  cleanup: 'compact',
  retentionMs: undefined,
  retentionBytes: undefined,
} as const

function dictionary(number: number, parts: readonly Part[] = ['core']): CompressionDictionary {
  const bytes = Buffer.alloc(1_024, number)
  const createdAt = new Date(Date.UTC(2026, 0, number)).toISOString()
  return dictionaryOf({ bytes, parts, ratio: 4, ratioWithout: 2 }, createdAt)
}

describe('the shelf of dictionaries', () => {
  let log: ChangeLog
  let stop: AbortController
  let shelf: DictionaryShelf
  let running: Promise<void>

  beforeEach(async () => {
    log = new InMemoryChangeLog()
    stop = new AbortController()
    shelf = new DictionaryShelf(log)
  })
  afterEach(async () => {
    stop.abort()
    await running
  })
  const start = async () => {
    running = shelf.run(stop.signal)
    await shelf.ready
  }
  const publish = (...dictionaries: CompressionDictionary[]) => log.append(dictionaries.map(dictionaryRecord))
  const ids = () => shelf.list().map(({ id }) => id)

  it('has what is published when it is ready, and hears of more', async () => {
    await log.ensureTopics([TOPIC])
    await publish(dictionary(1))
    await start()
    expect(ids()).toEqual([dictionary(1).id])
    await publish(dictionary(2))
    await vi.waitFor(() => expect(ids()).toEqual([dictionary(2).id, dictionary(1).id]))
    const { encoding } = shelf.list()[1] ?? {}
    await publish(dictionary(3))
    await vi.waitFor(() => expect(ids()).toHaveLength(3))
    expect(shelf.find(dictionary(1).id)?.encoding).toBe(encoding)
  })

  it('is ready without the topic, and finds it once it is there', async () => {
    await start()
    expect(ids()).toEqual([])
    await log.ensureTopics([TOPIC])
    await publish(dictionary(1))
    await vi.waitFor(() => expect(ids()).toEqual([dictionary(1).id]), 10_000)
  })

  it('lets go of what is withdrawn, and of the oldest when there are too many', async () => {
    await log.ensureTopics([TOPIC])
    const many = Array.from({ length: DICTIONARIES_MAX + 2 }, (_, index) => dictionary(index + 1))
    await publish(...many)
    await start()
    const newest = many.toReversed().slice(0, DICTIONARIES_MAX)
    expect(ids()).toEqual(newest.map(({ id }) => id))
    await log.append([{ topic: DICTIONARIES_TOPIC, key: newest[0]?.id ?? '', headers: {}, value: null }])
    await vi.waitFor(() => expect(shelf.find(newest[0]?.id ?? '')).toBeUndefined())
  })

  it('passes over bytes that are not those of the id', async () => {
    await log.ensureTopics([TOPIC])
    await log.append([{ ...dictionaryRecord(dictionary(1)), value: Buffer.alloc(1_024, 9) }])
    await publish(dictionary(2))
    await start()
    expect(ids()).toEqual([dictionary(2).id])
  })

  it('prefers the newest that was made from the same parts', async () => {
    await log.ensureTopics([TOPIC])
    await publish(dictionary(1, ['core', 'diff']), dictionary(2, ['core', 'diff']), dictionary(3))
    await start()
    expect(shelf.bestFor(['core', 'diff'])?.id).toBe(dictionary(2).id)
    expect(shelf.bestFor(['core', 'text'])?.id).toBe(dictionary(3).id)
  })
})
