import type { DatabaseSync } from 'node:sqlite'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { testSignal } from '../contract/contract-subject.ts'
import { openForReading, openForWriting } from './layout.ts'
import { newFolder } from './testing/log-folder.ts'
import { TipPoll } from './tip-poll.ts'

beforeEach(() => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
})

test('who begins to wait hears at once of what was committed before', async () => {
  const { poll, commit } = pollOfNewLog()
  const { version } = poll.tip
  commit()
  await poll.tip.changedSince(version, testSignal().signal)
  expect(poll.tip.version).not.toBe(version)
})

test('who waits hears of what is committed then', async () => {
  const { poll, commit, news } = pollOfNewLog()
  await poll.tip.changedSince(poll.tip.version, testSignal().signal)
  const heard = poll.tip.changedSince(poll.tip.version, testSignal().signal)
  expect(news).toHaveBeenCalledTimes(1)
  commit()
  vi.advanceTimersToNextTimer()
  await heard
  expect(news).toHaveBeenCalledTimes(2)
})

test('stops looking when nobody waits', async () => {
  const { poll } = pollOfNewLog()
  const reader = testSignal()
  await poll.tip.changedSince(poll.tip.version, reader.signal)
  const waiting = poll.tip.changedSince(poll.tip.version, reader.signal)
  expect(vi.getTimerCount()).toBe(1)
  reader.abort()
  await waiting
  vi.advanceTimersToNextTimer()
  expect(vi.getTimerCount()).toBe(0)
})

test('throws to readers what went wrong when looking', async () => {
  const { poll, database } = pollOfNewLog()
  await poll.tip.changedSince(poll.tip.version, testSignal().signal)
  const waiting = poll.tip.changedSince(poll.tip.version, testSignal().signal)
  database.close()
  vi.advanceTimersToNextTimer()
  await waiting
  expect(() => poll.throwFailure()).toThrow()
})

function pollOfNewLog() {
  const directory = newFolder()
  const writer: DatabaseSync = openForWriting(directory)
  const database = openForReading(directory)
  onTestFinished(() => {
    writer.close()
    if (database.isOpen) database.close()
  })
  const news = vi.fn()
  const poll = new TipPoll(database, news)
  const commit = () => writer.exec("INSERT INTO topics (name, cleanup) VALUES (hex(randomblob(8)), 'delete')")
  return { poll, database, news, commit }
}
