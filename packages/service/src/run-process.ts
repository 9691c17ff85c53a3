import type { Command } from 'commander'
import type { Logger } from 'pino'
import type { z } from 'zod'
import type { COMMAND_SETTINGS, PROCESS_SETTINGS } from './process-settings.ts'
import { type Service, serve } from './serve.ts'
import { commandWith, readSettings, type SettingsGroup } from './settings.ts'
import { shutdownSignal } from './shutdown.ts'

const DRAIN_DEADLINE_MS = 30_000

type Groups = Readonly<Record<string, SettingsGroup>> & {
  readonly process: typeof PROCESS_SETTINGS | typeof COMMAND_SETTINGS
}

export type SettingsOf<G extends Groups> = { readonly [K in keyof G]: z.output<G[K]['schema']> }

export interface ProgramOptions<G extends Groups> {
  readonly name: string
  readonly description: string
  readonly groups: G
  /** Set to the level that the settings say; the first one tells of start and shutdown. */
  readonly loggers: readonly [Logger, ...Logger[]]
  /** All that the process does, until the signal aborts and what it does is done. */
  readonly run: (settings: SettingsOf<G>, signal: AbortSignal) => Promise<void>
}

type ServingGroups = Groups & { readonly process: typeof PROCESS_SETTINGS }

export interface ProcessOptions<G extends ServingGroups> extends Omit<ProgramOptions<G>, 'run'> {
  readonly start: (settings: SettingsOf<G>) => Promise<Service>
}

/** A process that serves one service, from its command line to its exit code. */
export async function runProcess<const G extends ServingGroups>({
  start,
  ...options
}: ProcessOptions<G>): Promise<void> {
  const [logger] = options.loggers
  await runProgram<G>({
    ...options,
    run: (settings, signal) =>
      serve({ settings: settings.process, logger, start: () => start(settings) }, signal),
  })
}

/** A process from its command line to its exit code: 0 after a drain, 1 when it could not start or go on. */
export async function runProgram<const G extends Groups>(options: ProgramOptions<G>): Promise<void> {
  await programCommand(options).parseAsync()
}

/** As `runProgram`, for a command line that has several of them. */
export function programCommand<const G extends Groups>(options: ProgramOptions<G>): Command {
  const { name, description, groups } = options
  return commandWith(name, description, Object.values(groups)).action((given) => runGiven(options, given))
}

/** With what was given on the command line. */
async function runGiven<G extends Groups>(
  { groups, loggers, run }: ProgramOptions<G>,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  try {
    const settings = readSettings(groups, process.env, given)
    for (const logger of loggers) logger.level = settings.process.logLevel
    const [logger] = loggers
    await run(settings, shutdownSignal(logger, DRAIN_DEADLINE_MS))
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
