import { expect, test } from 'vitest'
import { allRecords, newTopic, record, textOf } from '../contract/contract-subject.ts'
import { LogCorruptError } from '../errors.ts'
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
