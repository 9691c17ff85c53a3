import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { openLog } from '@freshet/service'
import { logger } from '../logger.ts'
import { ArchiveBuilder } from './archive-builder.ts'
import type { ArchiveThreadData } from './archive-making.ts'
import { SegmentFolder } from './segment-folder.ts'

/** The thread that makes the segments, so that compressing them holds up nobody. Started by `ArchiveMaking`. */
const INTERVAL_MS = 30_000

const { log: settings, dataDir, directory, layout, bytesMax, logLevel } = workerData as ArchiveThreadData
logger.level = logLevel

const stop = new AbortController()
parentPort?.once('message', () => stop.abort())
await using log = await openLog({ settings, dataDir, mode: 'read', logger })
const folder = new SegmentFolder(directory, log.id, layout)
await folder.prepare()
const builder = new ArchiveBuilder({
  log,
  folder,
  layout,
  bytesMax,
  onBuilt: ({ name, changes, bytes }) => logger.info({ name, changes, bytes }, 'archived a segment'),
  onRemoved: ({ name }) => logger.info({ name }, 'removed a segment of the archive'),
})
while (!stop.signal.aborted) {
  try {
    await builder.build(Date.now(), stop.signal)
  } catch (error) {
    // Whatever it was, a full disk or a log that is away: nothing is lost by trying again later.
    if (!stop.signal.aborted) logger.error({ err: error }, 'the archive could not be brought up to date')
  }
  await sleep(INTERVAL_MS, undefined, { signal: stop.signal }).catch(() => undefined)
}
