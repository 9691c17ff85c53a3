import { type ChangeLog, LogUnavailableError, type NewRecord, readCompacted } from '@freshet/change-log'
import {
  type CompressionDictionary,
  DICTIONARIES_TOPIC,
  type dictionaryInputSchema,
  dictionaryOf,
  dictionaryRecord,
  servedDictionaries,
  storedDictionary,
} from '@freshet/dictionary'
import type { z } from 'zod'
import { IntakeUnavailableError } from './intake.ts'

/** Puts dictionaries into the log, for all who serve partners; past `DICTIONARIES_MAX` the oldest goes. */
export class DictionaryPublisher {
  readonly #log: ChangeLog

  constructor(log: ChangeLog) {
    this.#log = log
  }

  /** Resolves once it is durable. One that is there already stays as it is. */
  async publish(input: z.output<typeof dictionaryInputSchema>): Promise<CompressionDictionary> {
    try {
      const dictionary = dictionaryOf(input, new Date().toISOString())
      const records = await readCompacted(this.#log, DICTIONARIES_TOPIC, new AbortController().signal)
      const known = new Map(
        [...records.values()].flatMap((record) => {
          const stored = storedDictionary(record)
          return stored === undefined ? [] : [[stored.id, stored]]
        }),
      )
      const same = known.get(dictionary.id)
      if (same !== undefined) return same
      const served = new Set(servedDictionaries([dictionary, ...known.values()]).map(({ id }) => id))
      const withdrawn = [...records.keys()].filter((id) => !served.has(id))
      await this.#log.transact([dictionaryRecord(dictionary), ...withdrawn.map(tombstone)])
      return dictionary
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error
      throw new IntakeUnavailableError(error.message, { cause: error })
    }
  }
}

function tombstone(id: string): NewRecord {
  return { topic: DICTIONARIES_TOPIC, key: id, headers: {}, value: null }
}
