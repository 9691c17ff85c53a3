import { setTimeout as sleep } from 'node:timers/promises'
import type { PostedEdit } from './wiki-edits.ts'

const RETRY_DELAY_MS = 10

/** The edits are wrong, so that sending them again is of no use. */
export class EditsRefusedError extends Error {
  override readonly name = 'EditsRefusedError'
}

export interface Intake {
  /** Asked anew for each attempt. */
  readonly urlOf: () => string
  /** One that does not answer may be asked in vain for ever. */
  readonly answerMsMax: number
  /** Undefined: tries for ever. */
  readonly giveUp: undefined | AbortSignal
}

/**
 * Sends the edits again until they are acknowledged; resolves with their ids. Rejects with `EditsRefusedError`, and with the signal's
 * reason once it is time to give up.
 */
export async function postUntilAcknowledged(
  { urlOf, answerMsMax, giveUp }: Intake,
  edits: readonly PostedEdit[],
): Promise<readonly string[]> {
  const body = JSON.stringify(edits)
  for (;;) {
    giveUp?.throwIfAborted()
    try {
      const response = await fetch(`${urlOf()}/v1/edits`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(answerMsMax),
      })
      if (response.status === 201) return ((await response.json()) as { ids: string[] }).ids
      const reason = await response.text()
      if (response.status < 500 && response.status !== 429) throw new EditsRefusedError(reason)
    } catch (error) {
      if (error instanceof EditsRefusedError) throw error
    }
    await sleep(RETRY_DELAY_MS)
  }
}
