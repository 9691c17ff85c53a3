import { ProtocolError } from '@freshet/protocol'
import { onBrokenPromise, onRefused } from './metrics.ts'

/** What a partner is told of an error. What is not the partner's is noted here, and told without its details. */
export function protocolErrorOf(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) {
    onRefused(error.code, error.message)
    return error
  }
  onBrokenPromise(error)
  return new ProtocolError(
    'internal_error',
    'the server failed; it has been noted',
    'Try again, with your cursor. If it happens again, tell the operator.',
  )
}
