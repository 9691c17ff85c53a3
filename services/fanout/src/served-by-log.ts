import { ChangeLogError, LogReadOnlyError } from '@freshet/change-log'
import { ProtocolError } from '@freshet/protocol'

/** Does what a request needs of the log. Rejects with a `ProtocolError` when the log cannot be reached, or not be written to. */
export async function servedByLog<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof LogReadOnlyError) {
      throw new ProtocolError(
        'read_only',
        'this server reads an embedded log that another process writes, and can store nothing',
        'Run ingest and fan-out in one process (npm start), or keep the log in Kafka (--log kafka).',
      )
    }
    if (!(error instanceof ChangeLogError && error.isRetryable)) throw error
    throw new ProtocolError(
      'log_unavailable',
      'the log cannot be read for now',
      'Try again in a few seconds.',
    )
  }
}
