import { InMemoryChangeLog, LogUnavailableError } from '@freshet/change-log'
import { EDITS_TOPIC } from '@freshet/events'
import { expect, it, vi } from 'vitest'
import { EnrichLag } from './enrich-lag.ts'
import type { Enricher } from './enricher.ts'

const enricher = { enrichedUpTo: undefined } as Enricher

async function logWithEdits(count: number): Promise<InMemoryChangeLog> {
  const log = new InMemoryChangeLog()
  await log.ensureTopics([
    {
      name: EDITS_TOPIC,
      partitions: 1,
      cleanup: 'delete',
      retentionMs: undefined,
      retentionBytes: undefined,
    },
  ])
  const edit = { topic: EDITS_TOPIC, key: 'page', headers: {}, value: Buffer.from('edit') }
  await log.append(Array.from({ length: count }, () => edit))
  return log
}

it('says so while the log cannot be asked, and goes on by itself', async () => {
  const log = await logWithEdits(3)
  const bounds = vi.spyOn(log, 'bounds').mockRejectedValue(new LogUnavailableError('no broker'))
  const lag = new EnrichLag(log, enricher)
  const ending = new AbortController()
  const running = lag.run(ending.signal)
  await vi.waitFor(() => expect(lag.outage).toBe('no broker'))
  bounds.mockRestore()
  await vi.waitFor(() => expect(lag.outage).toBeUndefined())
  expect(lag.records).toBe(3)
  ending.abort()
  await running
})

it('ends with what waiting cannot mend', async () => {
  const log = await logWithEdits(0)
  vi.spyOn(log, 'bounds').mockRejectedValue(new RangeError('a mistake'))
  await expect(new EnrichLag(log, enricher).run(new AbortController().signal)).rejects.toThrow('a mistake')
})
