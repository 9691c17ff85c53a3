import { join } from 'node:path'
import { type ChangeLog, EmbeddedChangeLog } from '@freshet/change-log'
import type { Logger } from 'pino'
import type { LogSettings } from './log-settings.ts'

export interface OpenLogOptions {
  readonly settings: LogSettings
  readonly dataDir: string
  /** An embedded log has one process that writes, and any number that read. */
  readonly mode: 'read' | 'write'
  readonly logger: Logger
}

const RETENTION_SWEEP_INTERVAL_MS = 60_000

/** The log that the settings name. */
export async function openLog({ settings, dataDir, mode, logger }: OpenLogOptions): Promise<ChangeLog> {
  if (settings.log === 'kafka') throw new Error('the Kafka adapter is not part of this version')
  const directory = join(dataDir, 'log')
  if (mode === 'read') return EmbeddedChangeLog.open({ mode, directory })
  return EmbeddedChangeLog.open({
    mode,
    directory,
    retentionSweepIntervalMs: RETENTION_SWEEP_INTERVAL_MS,
    onMaintenanceFailure: (error) => logger.warn({ err: error }, 'the log could not be tidied; trying again'),
  })
}
