import { type ChangeLog, type CopyProgress, copyLog, UnknownTopicError } from '@freshet/change-log'
import { DICTIONARIES_TOPIC } from '@freshet/dictionary'
import { CHANGES_TOPIC, DEAD_LETTERS_TOPIC, SOURCE_POSITIONS_TOPIC, WATCH_LISTS_TOPIC } from '@freshet/events'
import { ensureIngestTopics, INGEST_SETTINGS } from '@freshet/ingest'
import {
  COMMAND_SETTINGS,
  LOG_SETTINGS,
  type LogSettings,
  openLog,
  runProgram,
  type SettingsGroup,
} from '@freshet/service'
import { z } from 'zod'
import { logger } from './logger.ts'

const PROGRESS_INTERVAL_MS = 2_000
/** All but the edits: those that were taken in are changes by then, and sources go on where they were. */
const TOPICS = [
  CHANGES_TOPIC,
  DEAD_LETTERS_TOPIC,
  SOURCE_POSITIONS_TOPIC,
  DICTIONARIES_TOPIC,
  WATCH_LISTS_TOPIC,
]

const COPY_SETTINGS = {
  prefix: 'COPY',
  schema: z.object({
    follow: z.boolean().default(false).describe('Go on with what comes in, until Ctrl-C.'),
  }),
} satisfies SettingsGroup

/** The same settings for the log that is copied, each with "from" before its name. */
const FROM_SETTINGS = {
  prefix: 'FROM',
  schema: z.object(
    Object.fromEntries(
      Object.entries({ dataDir: COMMAND_SETTINGS.schema.shape.dataDir, ...LOG_SETTINGS.schema.shape }).map(
        ([name, schema]) => [fromName(name), schema],
      ),
    ),
  ),
} satisfies SettingsGroup

await runProgram({
  name: 'copy-log',
  description:
    'Copies the article changes, the dead letters, the dictionaries, the watch-lists and how far the sources were read ' +
    'from one log into another, which nobody writes to yet. ' +
    "Partners' cursors of the old log go on in the copy. Started again, it goes on where it was.",
  groups: {
    process: COMMAND_SETTINGS,
    log: LOG_SETTINGS,
    from: FROM_SETTINGS,
    ingest: INGEST_SETTINGS,
    copy: COPY_SETTINGS,
  },
  loggers: [logger],
  async run(settings, signal) {
    const { dataDir } = settings.process
    await using from: ChangeLog = await openFrom(settings.from)
    await using to: ChangeLog = await openLog({ settings: settings.log, dataDir, mode: 'write', logger })
    await ensureIngestTopics(to, settings.ingest)
    const topics = await topicsIn(from)
    const copied = new Map<string, string>()
    const report = () => process.stderr.write(`${[...copied.values()].join('; ')}\n`)
    const reports = setInterval(report, PROGRESS_INTERVAL_MS)
    const onProgress = ({ topic, copiedRecords, lagRecords }: CopyProgress) => {
      copied.set(topic, `${topic}: ${copiedRecords} copied, ${lagRecords} ahead`)
    }
    try {
      await copyLog({ from, to, topics, follows: settings.copy.follow, onProgress }, signal)
    } finally {
      clearInterval(reports)
      report()
    }
  },
})

function openFrom(from: Readonly<Record<string, unknown>>): Promise<ChangeLog> {
  const names = Object.keys(LOG_SETTINGS.schema.shape)
  const settings = Object.fromEntries(names.map((name) => [name, from[fromName(name)]])) as LogSettings
  return openLog({ settings, dataDir: String(from.fromDataDir), mode: 'read', logger })
}

/** A log that an older version made may lack some. */
async function topicsIn(log: ChangeLog): Promise<readonly string[]> {
  const found = TOPICS.map((topic) =>
    log.bounds(topic).then(
      () => [topic],
      (error) => (error instanceof UnknownTopicError ? [] : Promise.reject(error)),
    ),
  )
  return (await Promise.all(found)).flat()
}

function fromName(name: string): string {
  return `from${name.charAt(0).toUpperCase()}${name.slice(1)}`
}
