import { expect, test } from 'vitest'
import { allRecords, linesOf, newTopic, record, recordsBetween } from '../contract/contract-subject.ts'
import { BLOCK_BYTES } from './block.ts'
import { blockCount, newFolder, openReader, openWriter, withDatabase } from './testing/log-folder.ts'

test('small blocks become large ones, and readers do not notice', async () => {
  const directory = newFolder()
  const log = await openWriter(directory)
  const topic = await newTopic(log, { partitions: 2 })
  const lines: string[] = []
  for (let index = 0; index < 400; index++) {
    const text = `${index} ${'x'.repeat(3000)}`
    const [position] = await log.append([record(topic, `page-${index % 9}`, text)])
    lines.push(`${position?.partition}/${position?.offset} page-${index % 9} ${text}`)
  }
  // Jobs run one after the other, so merging is over when a sweep is.
  await log.sweep()
  expect(blockCount(directory)).toBeLessThan(2 * (BLOCK_BYTES / 3000) + 10)
  expect(linesOf(await allRecords(log, topic))).toEqual(lines.sort())
})

test('a reader goes on in the middle of a block that was merged under it', async () => {
  const directory = newFolder()
  const log = await openWriter(directory)
  const reader = await openReader(directory)
  const topic = await newTopic(log, { partitions: 1 })
  for (let index = 0; index < 200; index++)
    await log.append([record(topic, 'a', `${index} ${'x'.repeat(3000)}`)])
  const controller = new AbortController()
  const options = { topic, from: [0n], batchBytesMax: 10_000, signal: controller.signal }
  const offsets: bigint[] = []
  for await (const batch of reader.read(options)) {
    offsets.push(...batch.records.map(({ offset }) => offset))
    if (offsets.length < 20) await log.sweep()
    if (batch.nextOffset === 200n) break
  }
  expect(offsets).toEqual(Array.from({ length: 200 }, (_, index) => BigInt(index)))
})

test('very small records are merged, too, and more than once', async () => {
  const directory = newFolder()
  const log = await openWriter(directory)
  const topic = await newTopic(log, { partitions: 1 })
  for (let index = 0; index < 1200; index++) await log.append([record(topic, 'a', `${index}`)])
  await log.sweep()
  expect(blockCount(directory)).toBeLessThan(1200 / 2)
  const found = await recordsBetween(log, topic, { from: [0n], until: [1200n] })
  expect(found.map(({ offset }) => Number(offset))).toEqual(Array.from({ length: 1200 }, (_, index) => index))
})

test('keeps count of the bytes, which retention goes by', async () => {
  const directory = newFolder()
  const log = await openWriter(directory)
  const topic = await newTopic(log, { partitions: 2 })
  for (let index = 0; index < 300; index++) await log.append([record(topic, `${index}`, 'x'.repeat(2000))])
  await log.sweep()
  withDatabase(directory, (database) => {
    const counted = database.prepare('SELECT sum(bytes) AS bytes FROM partitions').get()
    const stored = database.prepare('SELECT sum(length) AS bytes FROM blocks').get()
    expect(counted).toEqual(stored)
  })
})
