import type { Logger } from 'pino'

/**
 * Aborts on the first SIGTERM or SIGINT, with its name as the reason, so that the program can drain and end because nothing is left to do. A second
 * signal, or a drain that takes longer than `deadlineMs`, ends the process at once with exit code 1.
 */
export function shutdownSignal(logger: Logger, deadlineMs: number): AbortSignal {
  const shutdown = new AbortController()
  const onSignal = (name: NodeJS.Signals) => {
    if (shutdown.signal.aborted) process.exit(1)
    logger.info({ signal: name }, 'draining; the same signal again ends it at once')
    shutdown.abort(name)
    const deadline = setTimeout(() => {
      logger.error({ deadlineMs }, 'did not drain in time')
      process.exit(1)
    }, deadlineMs)
    deadline.unref()
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  return shutdown.signal
}
