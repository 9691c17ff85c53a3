import { setTimeout as delay } from 'node:timers/promises'
import { type ChangeLog, type LogRecord, UnknownTopicError } from '@freshet/change-log'
import {
  type CompressionDictionary,
  DICTIONARIES_TOPIC,
  servedDictionaries,
  storedDictionary,
} from '@freshet/dictionary'
import type { Part } from '@freshet/protocol'
import { onDictionariesUnreadable } from '../metrics.ts'
import { DictionaryEncoding } from '../representation/dictionary-encoding.ts'
import { RetryDelay } from '../retry-delay.ts'

const BATCH_BYTES_MAX = 1024 ** 2

/** A dictionary that is served, and how bodies are made with it. */
export interface ShelvedDictionary extends CompressionDictionary {
  readonly encoding: DictionaryEncoding
}

/** The published dictionaries, as the log has them now; never more than `DICTIONARIES_MAX`. */
export class DictionaryShelf {
  readonly #log: ChangeLog
  #dictionaries: ReadonlyMap<string, ShelvedDictionary> = new Map()
  readonly #ready = Promise.withResolvers<void>()

  constructor(log: ChangeLog) {
    this.#log = log
  }

  /** Resolves once it is known what is published, or that it cannot be known for now. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** The newest first. */
  list(): readonly ShelvedDictionary[] {
    return [...this.#dictionaries.values()]
  }

  find(id: string): ShelvedDictionary | undefined {
    return this.#dictionaries.get(id)
  }

  /** For changes with these parts: the newest one that was made from such, else the newest of all. */
  bestFor(parts: readonly Part[]): ShelvedDictionary | undefined {
    const dictionaries = this.list()
    const wanted = parts.join(',')
    return dictionaries.find((dictionary) => dictionary.parts.join(',') === wanted) ?? dictionaries[0]
  }

  /** Follows the log until the signal aborts, over its outages: partners do without a dictionary meanwhile. */
  async run(signal: AbortSignal): Promise<void> {
    const retryDelay = new RetryDelay()
    while (!signal.aborted) {
      try {
        await this.#follow(signal, () => retryDelay.reset())
      } catch (error) {
        // A log that an older ingest writes has no such topic until a newer one starts.
        if (!(error instanceof UnknownTopicError)) onDictionariesUnreadable(error)
        this.#ready.resolve()
        await delay(retryDelay.nextMs(), undefined, { signal }).catch(() => undefined)
      }
    }
  }

  async #follow(signal: AbortSignal, onRead: () => void): Promise<void> {
    const bounds = await this.#log.bounds(DICTIONARIES_TOPIC)
    const from = bounds.map(({ earliest }) => earliest)
    if (bounds.every(({ earliest, end }) => earliest === end)) this.#show([])
    let dictionaries: readonly CompressionDictionary[] = []
    for await (const { records, nextOffset, endOffset } of this.#log.read({
      topic: DICTIONARIES_TOPIC,
      from,
      batchBytesMax: BATCH_BYTES_MAX,
      signal,
    })) {
      dictionaries = servedDictionaries(after(dictionaries, records))
      // It has one partition. What was withdrawn since is not to be seen on the way.
      if (nextOffset >= endOffset) this.#show(dictionaries)
      onRead()
    }
  }

  #show(dictionaries: readonly CompressionDictionary[]): void {
    const encodingOf = (dictionary: CompressionDictionary) =>
      this.find(dictionary.id)?.encoding ?? new DictionaryEncoding(dictionary)
    this.#dictionaries = new Map(
      dictionaries.map((dictionary) => [dictionary.id, { ...dictionary, encoding: encodingOf(dictionary) }]),
    )
    this.#ready.resolve()
  }
}

function after(
  dictionaries: readonly CompressionDictionary[],
  records: readonly LogRecord[],
): Iterable<CompressionDictionary> {
  const byId = new Map(dictionaries.map((dictionary) => [dictionary.id, dictionary]))
  for (const record of records) {
    const dictionary = storedDictionary(record)
    if (dictionary === undefined) byId.delete(record.key)
    else byId.set(record.key, dictionary)
  }
  return byId.values()
}
