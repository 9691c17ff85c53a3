import type { Logger } from 'pino'
import type { z } from 'zod'
import { commandWith, readSettings, type SettingsGroup } from './settings.ts'
import { shutdownSignal } from './shutdown.ts'

const DRAIN_DEADLINE_MS = 30_000

export interface ProcessOptions<G extends Readonly<Record<string, SettingsGroup>>> {
  readonly name: string
  readonly description: string
  readonly groups: G
  /** Set to the level that the settings say; the first one tells of the shutdown. */
  readonly loggers: readonly [Logger, ...Logger[]]
  readonly logLevelOf: (settings: SettingsOf<G>) => string
  /** Runs until the signal aborts, then drains. */
  readonly run: (settings: SettingsOf<G>, signal: AbortSignal) => Promise<void>
}

export type SettingsOf<G extends Readonly<Record<string, SettingsGroup>>> = {
  readonly [K in keyof G]: z.output<G[K]['schema']>
}

/** A process from its command line to its exit code: 0 after a drain, 1 when it could not start or go on. */
export async function runProcess<const G extends Readonly<Record<string, SettingsGroup>>>(
  options: ProcessOptions<G>,
): Promise<void> {
  const { name, description, groups, loggers, logLevelOf, run } = options
  const command = commandWith(name, description, Object.values(groups)).parse()
  try {
    const settings = readSettings(groups, process.env, command.opts())
    for (const logger of loggers) logger.level = logLevelOf(settings)
    await run(settings, shutdownSignal(loggers[0], DRAIN_DEADLINE_MS))
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`)
    process.exitCode = 1
  }
}

/** What a person can act on; the stack only where nothing of ours foresaw the error. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isForeseen = 'isRetryable' in error || 'code' in error || error.name === 'SettingsError'
  return isForeseen ? `Freshet stopped: ${error.message}` : (error.stack ?? error.message)
}
