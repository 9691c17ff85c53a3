import { InMemoryChangeLog } from '@freshet/change-log'
import { DICTIONARIES_TOPIC, dictionaryOf, dictionaryRecord } from '@freshet/dictionary'
import { beforeAll, describe, expect, it } from 'vitest'
import { availableDictionary } from './available-dictionary.ts'
import { DictionaryShelf } from './dictionary-shelf.ts'

const about = { parts: ['core'], ratio: 4, ratioWithout: 2 } as const
const dictionary = dictionaryOf({ ...about, bytes: Buffer.alloc(1_024) }, '2026-01-02T03:04:05Z')
const digest = Buffer.from(dictionary.id, 'hex').toString('base64')
const kept = { retentionMs: undefined, retentionBytes: undefined }

describe('the dictionary that a request says it has', () => {
  let shelf: DictionaryShelf

  beforeAll(async () => {
    const log = new InMemoryChangeLog()
    await log.ensureTopics([{ name: DICTIONARIES_TOPIC, partitions: 1, cleanup: 'compact', ...kept }])
    await log.append([dictionaryRecord(dictionary)])
    shelf = new DictionaryShelf(log)
    const stop = new AbortController()
    const running = shelf.run(stop.signal)
    await shelf.ready
    stop.abort()
    await running
  })

  it.each([
    [{ 'available-dictionary': `:${digest}:` }, true],
    [{ 'available-dictionary': ` :${digest}: ` }, true],
    [{ 'available-dictionary': digest }, false],
    [{ 'available-dictionary': `:${digest}:, :${digest}:` }, false],
    [{ 'available-dictionary': ':AAAA:' }, false],
    [{}, false],
  ])('in the headers %j is found: %s', (headers, isFound) => {
    expect(availableDictionary(headers, shelf)?.id).toBe(isFound ? dictionary.id : undefined)
  })

  it.each([
    ['cors', true],
    ['same-origin', true],
    ['no-cors', false],
    ['websocket', false],
  ])('is used for a page that reads in the mode %s: %s', (mode, isUsed) => {
    const headers = { 'available-dictionary': `:${digest}:`, 'sec-fetch-mode': mode }
    expect(availableDictionary(headers, shelf) !== undefined).toBe(isUsed)
  })
})
