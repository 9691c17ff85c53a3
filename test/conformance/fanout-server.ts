import { randomBytes } from 'node:crypto'
import type { ChangeLog } from '@freshet/change-log'
import { DICTIONARIES_TOPIC, dictionaryOf, dictionaryRecord } from '@freshet/dictionary'
import { CHANGES_TOPIC, WATCH_LISTS_TOPIC } from '@freshet/events'
import { FANOUT_SETTINGS, Fanout } from '@freshet/fanout'
import Fastify from 'fastify'
import { breakable } from './breakable-log.ts'
import { type ConformanceServer, INTERVALS, type ServerLimits } from './conformance-server.ts'
import { changeRecord, changes } from './test-change.ts'

/** A log whose retention a test can have run at once. */
export interface SweptLog extends ChangeLog {
  sweep(): void | Promise<void>
}

const PARTITIONS = 3
const RETENTION_BYTES = 1024 * 1024
const FILLER_BYTES = 16 * 1024
/** Together well above the retention. */
const FILLERS = 90

/** Freshet's own fan-out over the log given, which it owns from then on. */
export async function openFanoutServer(swept: SweptLog, limits: ServerLimits): Promise<ConformanceServer> {
  const { log, breakLog } = breakable(swept)
  await log.ensureTopics([
    {
      name: CHANGES_TOPIC,
      partitions: PARTITIONS,
      cleanup: 'delete',
      retentionMs: undefined,
      retentionBytes: RETENTION_BYTES,
    },
    {
      name: DICTIONARIES_TOPIC,
      partitions: 1,
      cleanup: 'compact',
      retentionMs: undefined,
      retentionBytes: undefined,
    },
    {
      name: WATCH_LISTS_TOPIC,
      partitions: 1,
      cleanup: 'compact',
      retentionMs: undefined,
      retentionBytes: undefined,
    },
  ])
  const settings = FANOUT_SETTINGS.schema.parse({ ...limits, ...INTERVALS, tailBytesMax: 256 * 1024 })
  const fanout = new Fanout({ log, settings })
  await fanout.start()
  const app = Fastify()
  fanout.register(app)
  fanout.attach(app.server)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    url: app.listeningOrigin,
    logId: log.id,
    partitions: PARTITIONS,
    append: async (given) => {
      await log.append(given.map(changeRecord))
    },
    appendDamaged: async () => {
      await log.append([{ ...changeRecord({ id: 'damaged' }), headers: {} }])
    },
    trim: async () => {
      const filler = { wiki: 'fillerwiki', parts: { diff: randomBytes(FILLER_BYTES).toString('base64') } }
      // One by one, as some logs keep and remove whole blocks of what was appended together.
      for (const change of changes('filler', FILLERS, filler, FILLERS))
        await log.append([changeRecord(change)])
      await swept.sweep()
    },
    breakLog,
    publishDictionary: async (bytes, parts) => {
      const about = { bytes: Buffer.from(bytes), parts, ratio: 2, ratioWithout: 1 }
      const dictionary = dictionaryOf(about, new Date().toISOString())
      await log.append([dictionaryRecord(dictionary)])
      return dictionary.id
    },
    drain: () => fanout.drain(100),
    [Symbol.asyncDispose]: async () => {
      await fanout[Symbol.asyncDispose]()
      await app.close()
      await swept[Symbol.asyncDispose]()
    },
  }
}
