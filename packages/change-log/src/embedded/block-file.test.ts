import { readdirSync, rmSync, truncateSync } from 'node:fs'
import { expect, test } from 'vitest'
import { allRecords, newTopic, record, textOf } from '../contract/contract-subject.ts'
import { LogCorruptError } from '../errors.ts'
import { BlockFileReader } from './block-file-reader.ts'
import { BlockFileWriter } from './block-file-writer.ts'
import { blockFileName, blockFolder } from './block-folder.ts'
import { newFolder, openReader, openWriter } from './testing/log-folder.ts'

const HOUR_MS = 60 * 60 * 1000
const LARGE = 'x'.repeat(200_000)

test('what was appended is read from where it lies', () => {
  const directory = newFolder()
  using writer = new BlockFileWriter(directory)
  using reader = new BlockFileReader(directory)
  const texts = Array.from({ length: 40 }, (_, index) => `block ${index} `.repeat(index + 1))
  const places = texts.map((text, index) => writer.append(index % 20, Buffer.from(text)))
  writer.sync()
  expect(new Set(places.map(({ file }) => file)).size).toBe(20)
  for (const [index, place] of places.entries()) {
    const target = Buffer.alloc(Buffer.byteLength(texts[index] ?? ''))
    expect(reader.read(place, target)).toBe(true)
    expect(target.toString()).toBe(texts[index])
  }
})

test('says so when a file is not there, or too short', () => {
  const directory = newFolder()
  using writer = new BlockFileWriter(directory)
  using reader = new BlockFileReader(directory)
  const { file, position } = writer.append(1, Buffer.alloc(100))
  expect(reader.read({ file, position }, Buffer.alloc(101))).toBe(false)
  expect(reader.read({ file: file + 1, position }, Buffer.alloc(1))).toBe(false)
})

test('a file goes an hour after it was last referred to, and not while it is being filled', () => {
  const directory = newFolder()
  const first = new BlockFileWriter(directory)
  const { file: used } = first.append(1, Buffer.alloc(10))
  const { file: unused } = first.append(2, Buffer.alloc(10))
  first[Symbol.dispose]()
  using writer = new BlockFileWriter(directory)
  const { file: filling } = writer.append(1, Buffer.alloc(10))
  const sweep = (nowMs: number) => {
    writer.removeUnused((file) => file === used, nowMs)
    return readdirSync(blockFolder(directory)).length
  }
  expect(sweep(0)).toBe(3)
  expect(sweep(HOUR_MS - 1)).toBe(3)
  expect(sweep(HOUR_MS)).toBe(2)
  const names = readdirSync(blockFolder(directory)).map((name) => Number.parseInt(name, 10))
  expect(names.sort()).toEqual([used, filling])
  expect(names).not.toContain(unused)
})

test('large blocks lie in files, and small ones do once they are merged', async () => {
  const directory = newFolder()
  const log = await openWriter(directory)
  const topic = await newTopic(log, { partitions: 1 })
  await log.append([record(topic, 'a', 'small')])
  expect(readdirSync(blockFolder(directory))).toHaveLength(0)
  await log.append([record(topic, 'a', LARGE)])
  expect(readdirSync(blockFolder(directory))).toHaveLength(1)
  const compacted = await newTopic(log, { partitions: 1, cleanup: 'compact' })
  await log.append([record(compacted, 'a', LARGE)])
  expect(readdirSync(blockFolder(directory))).toHaveLength(1)
  expect((await allRecords(log, topic)).map(textOf)).toEqual(['small', LARGE])
})

test('a block whose file was lost or cut off is told of, and never taken for another', async () => {
  for (const harm of [rmSync, (name: string) => truncateSync(name, 1_000)]) {
    const directory = newFolder()
    const log = await openWriter(directory)
    const topic = await newTopic(log, { partitions: 1 })
    await log.append([record(topic, 'a', LARGE)])
    await log[Symbol.asyncDispose]()
    harm(blockFileName(blockFolder(directory), 1))
    await expect(allRecords(await openReader(directory), topic)).rejects.toThrow(LogCorruptError)
  }
})
