import type { Logger } from 'pino'
import type { z } from 'zod'
import type { PROCESS_SETTINGS } from './process-settings.ts'
import { type Service, serve } from './serve.ts'
import { commandWith, readSettings, type SettingsGroup } from './settings.ts'
import { shutdownSignal } from './shutdown.ts'

const DRAIN_DEADLINE_MS = 30_000

type Groups = Readonly<Record<string, SettingsGroup>> & { readonly process: typeof PROCESS_SETTINGS }

type SettingsOf<G extends Groups> = { readonly [K in keyof G]: z.output<G[K]['schema']> }

export interface ProcessOptions<G extends Groups> {
  readonly name: string
  readonly description: string
  readonly groups: G
  /** Set to the level that the settings say; the first one tells of start and shutdown. */
  readonly loggers: readonly [Logger, ...Logger[]]
  readonly start: (settings: SettingsOf<G>) => Promise<Service>
}

/** A process from its command line to its exit code: 0 after a drain, 1 when it could not start or go on. */
export async function runProcess<const G extends Groups>(options: ProcessOptions<G>): Promise<void> {
  const { name, description, groups, loggers, start } = options
  const command = commandWith(name, description, Object.values(groups)).parse()
  try {
    const settings = readSettings(groups, process.env, command.opts())
    for (const logger of loggers) logger.level = settings.process.logLevel
    const [logger] = loggers
    const signal = shutdownSignal(logger, DRAIN_DEADLINE_MS)
    await serve({ settings: settings.process, logger, start: () => start(settings) }, signal)
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
