import { FANOUT_SETTINGS, logger as fanoutLogger } from '@freshet/fanout'
import { INGEST_SETTINGS, logger as ingestLogger } from '@freshet/ingest'
import { commandWith, readSettings, SettingsError, shutdownSignal } from '@freshet/service'
import { STANDALONE_SETTINGS } from './config.ts'
import { logger } from './logger.ts'
import { runStandalone } from './standalone.ts'
import { welcome } from './welcome.ts'

const DRAIN_DEADLINE_MS = 30_000

const groups = {
  settings: STANDALONE_SETTINGS,
  ingestSettings: INGEST_SETTINGS,
  fanoutSettings: FANOUT_SETTINGS,
}
const command = commandWith(
  'freshet',
  'Streams article changes: edits in, filtered diffs out over SSE, WebSocket and NDJSON.',
  Object.values(groups),
).parse()

try {
  const settings = readSettings(groups, process.env, command.opts())
  for (const one of [logger, ingestLogger, fanoutLogger]) one.level = settings.settings.logLevel
  const signal = shutdownSignal(logger, DRAIN_DEADLINE_MS)
  const onStarted = (url: string, sourceReason: string) => process.stdout.write(welcome(url, sourceReason))
  await runStandalone({ ...settings, onStarted }, signal)
} catch (error) {
  process.stderr.write(error instanceof SettingsError ? `${error.message}\n` : `${explain(error)}\n`)
  process.exitCode = 1
}

/** What a person can act on; the stack only where nothing of ours foresaw the error. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'isRetryable' in error || 'code' in error
    ? `Freshet stopped: ${error.message}`
    : (error.stack ?? error.message)
}
