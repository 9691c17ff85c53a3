import { expect, test } from 'vitest'
import { allRecords, newTopic, record, textOf } from '../contract/contract-subject.ts'
import { LogCorruptError } from '../errors.ts'
import { BlockCache } from './block-cache.ts'
import { newFolder, openReader, openWriter, withDatabase } from './testing/log-folder.ts'

test('a block is read from the disk and checked once for all who are at the same place', async () => {
  const directory = newFolder()
  const log = await openWriter(directory)
  const topic = await newTopic(log, { partitions: 1 })
  await log.append(['1', '2', '3'].map((text) => record(topic, 'a', text)))
  expect((await allRecords(log, topic)).map(textOf)).toEqual(['1', '2', '3'])
  withDatabase(directory, (database) => {
    database.exec('UPDATE blocks SET bytes = zeroblob(length(bytes))')
  })
  expect((await allRecords(log, topic)).map(textOf)).toEqual(['1', '2', '3'])
  await expect(allRecords(await openReader(directory), topic)).rejects.toThrow(LogCorruptError)
})

test('the memory of a block is used again only when nobody looks at it and nobody will find it', () => {
  const cache = new BlockCache()
  const take = (key: string) => {
    const block = cache.set(key, new Uint8Array(cache.take(500_000), 0, 500_000))
    block.readers++
    return block
  }
  const kept = take('kept')
  const blocks = Array.from({ length: 100 }, (_, index) => take(`${index}`))
  const distinct = (of: readonly { readonly bytes: Uint8Array }[]) =>
    new Set(of.map(({ bytes }) => bytes.buffer)).size
  expect(distinct([kept, ...blocks])).toBe(101)
  expect(kept.isCached).toBe(false)
  const cached = cache.get('99')
  for (const block of blocks) cache.giveBack(block)
  const again = Array.from({ length: 100 }, (_, index) => take(`again ${index}`))
  expect(again.filter(({ bytes }) => bytes.buffer === kept.bytes.buffer)).toEqual([])
  expect(distinct([...again, ...blocks.filter(({ isCached }) => isCached)])).toBeGreaterThanOrEqual(100)
  expect(distinct([...again, ...blocks])).toBeLessThan(200)
  expect(cached?.bytes.buffer).toBe(blocks.at(-1)?.bytes.buffer)
})

test('a reader that gives batches back reads the same as one that keeps them', async () => {
  const directory = newFolder()
  const log = await openWriter(directory)
  const topic = await newTopic(log, { partitions: 2 })
  for (let round = 0; round < 12; round++) {
    const records = Array.from({ length: 100 }, (_, index) =>
      record(topic, `page-${index}`, `${round} ${index} ${'x'.repeat(20_000)}`),
    )
    await log.append(records)
  }
  const kept = (await allRecords(log, topic)).map(textOf)
  const controller = new AbortController()
  const given: string[] = []
  const options = { topic, from: [0n, 0n], batchBytesMax: 100_000, signal: controller.signal }
  for await (const batch of log.read(options)) {
    given.push(...batch.records.map(textOf))
    batch.giveBack?.()
    if (given.length === kept.length) controller.abort()
  }
  expect(given.sort()).toEqual(kept.sort())
})
