import { ChangeLogError, LogAccessError, LogUnavailableError, RecordTooLargeError } from '../errors.ts'
import { BrokerError } from './broker-error.ts'

/** What went wrong, in the words of the port. An error of our own making is left as it is. */
export function changeLogErrorOf(error: unknown): unknown {
  if (error instanceof ChangeLogError || !(error instanceof Error)) return error
  if (error instanceof BrokerError) return ofBroker(error)
  if (error.name === 'KafkaJSSASLAuthenticationError') {
    return new LogAccessError(`the Kafka cluster refuses the credentials: ${error.message}`, { cause: error })
  }
  if (!error.name.startsWith('KafkaJS')) return error
  return new LogUnavailableError(`the Kafka cluster cannot be reached: ${error.message}`, { cause: error })
}

function ofBroker(error: BrokerError): ChangeLogError {
  if (error.isDenial) return new LogAccessError(error.message, { cause: error })
  if (error.isTooLarge) return new RecordTooLargeError(error.message, { cause: error })
  return new LogUnavailableError(error.message, { cause: error })
}

/** Whether the same may succeed soon: the connection broke, a broker is away, or the cluster is on its way to another state. */
export function isPassing(error: unknown): boolean {
  if (error instanceof BrokerError) return error.isPassing
  return error instanceof Error && 'retriable' in error && error.retriable === true
}
