import { type ChangeLog, LogUnavailableError } from '@freshet/change-log'
import type { Edit } from '@freshet/events'
import { type DeadLetter, deadLetterRecord } from './dead-letter.ts'
import { editRecord } from './edit-record.ts'
import { onDeadLetters, onEditsTaken } from './metrics.ts'

/** The log cannot take anything now. Nothing was acknowledged; the same request may be sent again. */
export class IntakeUnavailableError extends Error {
  override readonly name = 'IntakeUnavailableError'
}

/** More is on its way to the log than may be held in memory. The same request may be sent again. */
export class IntakeOverloadedError extends Error {
  override readonly name = 'IntakeOverloadedError'
}

/**
 * An edit in: append, and only then acknowledge. What cannot be read becomes a dead letter in the same append. It does
 * nothing slow and keeps nothing.
 */
export class Intake {
  readonly #log: ChangeLog
  readonly #pendingBytesMax: number
  #pendingBytes = 0

  constructor(log: ChangeLog, options: { readonly pendingBytesMax: number }) {
    this.#log = log
    this.#pendingBytesMax = options.pendingBytesMax
  }

  /** Resolves once everything is durable. `source` names who sent it, for the metrics. */
  async accept(source: string, edits: readonly Edit[], deadLetters: readonly DeadLetter[]): Promise<void> {
    const receivedAt = new Date().toISOString()
    const records = [
      ...edits.map((edit) => editRecord(edit, receivedAt)),
      ...deadLetters.map(deadLetterRecord),
    ]
    if (records.length === 0) return
    const bytes = records.reduce((sum, record) => sum + (record.value?.length ?? 0), 0)
    if (this.#pendingBytes > 0 && this.#pendingBytes + bytes > this.#pendingBytesMax) {
      throw new IntakeOverloadedError(`${this.#pendingBytes} bytes are waiting to be stored already`)
    }
    this.#pendingBytes += bytes
    try {
      await this.#log.append(records)
    } catch (error) {
      if (error instanceof LogUnavailableError)
        throw new IntakeUnavailableError(error.message, { cause: error })
      throw error
    } finally {
      this.#pendingBytes -= bytes
    }
    onEditsTaken(source, edits.length)
    onDeadLetters(deadLetters)
  }
}
