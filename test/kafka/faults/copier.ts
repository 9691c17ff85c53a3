/*
 * A member of a consumer group as a process of its own: copies one topic to another, as the enricher does, until SIGTERM.
 * Says what happens on standard output, a line each: `handling`, `committed N`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ChangeLogError } from '@freshet/change-log'
import { openLog } from './kafka-log.ts'

const [brokers = '', from = '', to = '', group = '', handlingMs = '0'] = process.argv.slice(2)
const ending = new AbortController()
process.once('SIGTERM', () => ending.abort())

await using log = await openLog(brokers.split(','))
while (!ending.signal.aborted) {
  try {
    await log.process({
      group,
      topic: from,
      batchRecordsMax: 50,
      batchBytesMax: 1024 * 1024,
      signal: ending.signal,
      onUpcoming: () => undefined,
      handler: async (records) => {
        console.log('handling')
        await sleep(Number(handlingMs))
        return {
          append: records.map(({ key, value }) => ({ topic: to, key, headers: {}, value })),
          onCommit: () => console.log(`committed ${records.length}`),
        }
      },
    })
  } catch (error) {
    if (!(error instanceof ChangeLogError && error.isRetryable)) throw error
    await sleep(100)
  }
}
