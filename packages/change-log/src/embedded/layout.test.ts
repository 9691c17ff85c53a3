import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allRecords, newTopic, record, testSignal, textOf } from '../contract/contract-subject.ts'
import { LogCorruptError, LogUnavailableError, UnknownLayoutError } from '../errors.ts'
import { blockFolder } from './block-folder.ts'
import { newFolder, openReader, openWriter, withDatabase } from './testing/log-folder.ts'

test('refuses a folder of a newer version, for writing and for reading, and leaves it as it is', async () => {
  const directory = newFolder()
  await (await openWriter(directory))[Symbol.asyncDispose]()
  withDatabase(directory, (database) => database.exec('PRAGMA user_version = 7'))
  await expect(openWriter(directory)).rejects.toThrow(UnknownLayoutError)
  await expect(openReader(directory)).rejects.toThrow(/layout 7/)
  withDatabase(directory, (database) => database.exec('PRAGMA user_version = 2'))
  await expect(openWriter(directory)).resolves.toBeDefined()
})

test("refuses another program's database", async () => {
  const directory = newFolder()
  withDatabase(directory, (database) => database.exec('CREATE TABLE recipes (name)'))
  await expect(openWriter(directory)).rejects.toThrow(UnknownLayoutError)
  await expect(openReader(directory)).rejects.toThrow(/another program/)
})

test('refuses a file that is no database', async () => {
  const directory = newFolder()
  writeFileSync(join(directory, 'log.db'), 'this is not a database, '.repeat(500))
  await expect(openWriter(directory)).rejects.toThrow(LogCorruptError)
  await expect(openReader(directory)).rejects.toThrow(LogCorruptError)
})

test('reading before anybody has written is worth trying again', async () => {
  const refused = await openReader(newFolder()).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(LogUnavailableError)
  expect(refused).toMatchObject({ isRetryable: true })
})

test('reading a folder whose writer is about to make the log is worth trying again', async () => {
  const directory = newFolder()
  writeFileSync(join(directory, 'log.db'), '')
  await expect(openReader(directory)).rejects.toThrow(LogUnavailableError)
})

test('a folder that cannot be made is an error that names it', async () => {
  const file = join(newFolder(), 'file')
  writeFileSync(file, '')
  await expect(openWriter(join(file, 'log'))).rejects.toThrow(LogUnavailableError)
  await expect(openWriter(join(file, 'log'))).rejects.toThrow(file)
})

test('a damaged block is an error that says where, not a wrong record', async () => {
  const directory = newFolder()
  const log = await openWriter(directory)
  const topic = await newTopic(log, { partitions: 1 })
  await log.append([record(topic, 'a', 'first')])
  await log.append([record(topic, 'a', 'second')])
  withDatabase(directory, (database) => {
    const bytes = database.prepare('SELECT bytes FROM blocks WHERE last_offset = 1').get()
      ?.bytes as Uint8Array
    bytes[bytes.length - 1] = 0
    database.prepare('UPDATE blocks SET bytes = ? WHERE last_offset = 1').run(bytes)
  })
  const options = { topic, from: [0n], batchBytesMax: 1, signal: testSignal().signal }
  const batches = log.read(options)[Symbol.asyncIterator]()
  expect((await batches.next()).value?.records).toHaveLength(1)
  const failure = await batches.next().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(LogCorruptError)
  expect(String(failure)).toContain(`${topic}/0`)
  expect(String(failure)).toContain('offset 1')
})

test('a backup that was taken while the log was written to is a log, and gets another identity when its old one is taken away', async () => {
  const directory = newFolder()
  const restoredTo = newFolder()
  const log = await openWriter(directory)
  const topic = await newTopic(log, { partitions: 1 })
  const large = 'x'.repeat(200_000)
  await log.append([record(topic, 'a', '1'), record(topic, 'a', large)])
  withDatabase(directory, (database) => database.prepare('VACUUM INTO ?').run(join(restoredTo, 'log.db')))
  await log.append([record(topic, 'a', `not in the backup ${large}`)])
  cpSync(blockFolder(directory), blockFolder(restoredTo), { recursive: true })
  withDatabase(restoredTo, (database) => database.exec('DELETE FROM log'))
  const restored = await openWriter(restoredTo)
  expect(restored.id).not.toBe(log.id)
  expect((await allRecords(restored, topic)).map(textOf)).toEqual(['1', large])
  const [position] = await restored.append([record(topic, 'a', `2 ${large}`)])
  expect(position?.offset).toBe(2n)
  expect((await allRecords(restored, topic)).map(textOf)).toEqual(['1', large, `2 ${large}`])
})
