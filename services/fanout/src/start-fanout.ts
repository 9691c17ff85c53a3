import { once } from 'node:events'
import { join } from 'node:path'
import { LogUnavailableError, UnknownTopicError } from '@freshet/change-log'
import {
  createHttpApp,
  type LogSettings,
  openLog,
  type ProcessSettings,
  type Service,
} from '@freshet/service'
import { Archive } from './archive/archive.ts'
import { ArchiveMaking } from './archive/archive-making.ts'
import { archiveRoutes } from './archive/archive-routes.ts'
import type { FanoutSettings } from './config.ts'
import { Fanout } from './fanout.ts'
import { logger } from './logger.ts'
import type { WorkerSiblings } from './workers/worker-siblings.ts'

interface Settings {
  readonly process: ProcessSettings
  readonly log: LogSettings
  readonly fanout: FanoutSettings
}

/** Fan-out as a process of its own, alone or beside siblings that share its port; several may read one log. */
export async function startFanout(
  settings: Settings,
  siblings: WorkerSiblings | undefined,
): Promise<Service> {
  const { dataDir, drainWindowMs } = settings.process
  const { archiveBytesMax, archiveWindowMs, archiveRecordsMax, archiveParts } = settings.fanout
  await using started = new AsyncDisposableStack()
  const log = started.use(await openLog({ settings: settings.log, dataDir, mode: 'read', logger }))
  const fanout = started.use(new Fanout({ log, settings: settings.fanout }))
  await startOnceThereAreChanges(fanout)
  const app = createHttpApp(logger, { fanout: () => fanout.readiness() })
  siblings?.answerFor(app, () => fanout.readiness())
  fanout.register(app)
  if (archiveBytesMax > 0) {
    const directory = join(dataDir, 'derived', 'archive')
    const layout = { windowMs: archiveWindowMs, recordsMax: archiveRecordsMax, parts: archiveParts }
    archiveRoutes(app, new Archive({ log, directory, layout }))
    if (siblings === undefined || siblings.isFirst) {
      const bytesMax = archiveBytesMax
      started.use(new ArchiveMaking({ log: settings.log, dataDir, directory, layout, bytesMax }))
    }
  }
  const resources = started.move()
  return {
    app,
    attach: (server) => fanout.attach(server),
    run: async (signal) => void (signal.aborted || (await once(signal, 'abort'))),
    drain: () => fanout.drain(drainWindowMs),
    onStarted: (url) => {
      if (siblings === undefined) logger.info({ url }, 'started')
      else siblings.started(url)
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** Who starts before the first ingest has made the topics waits for it, as for a log that cannot be reached. */
async function startOnceThereAreChanges(fanout: Fanout): Promise<void> {
  try {
    await fanout.start()
  } catch (error) {
    if (!(error instanceof UnknownTopicError)) throw error
    throw new LogUnavailableError(`${error.message}: ingest makes it when it starts`, { cause: error })
  }
}
