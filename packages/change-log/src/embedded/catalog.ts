import type { DatabaseSync } from 'node:sqlite'
import type { TopicSpec } from '../change-log.ts'
import { UnknownTopicError } from '../errors.ts'

/** What is known of one partition without asking the database. */
export interface PartitionState {
  readonly id: number
  readonly topic: string
  readonly partition: number
  end: number
  lastTimestampMs: number
}

export interface TopicState {
  readonly name: string
  readonly cleanup: TopicSpec['cleanup']
  readonly partitions: readonly PartitionState[]
}

/** The topics of a folder and the ends of their partitions, as last seen. */
export class Catalog {
  readonly #database: DatabaseSync
  readonly #topics = new Map<string, TopicState>()
  readonly #partitions = new Map<number, PartitionState>()

  constructor(database: DatabaseSync) {
    this.#database = database
    this.refresh()
  }

  /** Throws `UnknownTopicError`. */
  topic(name: string): TopicState {
    const topic = this.find(name)
    if (topic === undefined) throw new UnknownTopicError(`the topic ${name} was never created`)
    return topic
  }

  find(name: string): TopicState | undefined {
    if (!this.#topics.has(name)) this.refresh()
    return this.#topics.get(name)
  }

  advance(partitionId: number, end: number, lastTimestampMs: number): void {
    const state = this.#partitions.get(partitionId)
    // A refresh may have seen a later end already.
    if (state === undefined || state.end > end) return
    state.end = end
    state.lastTimestampMs = lastTimestampMs
  }

  /** Learns what the database says now. */
  refresh(): void {
    const rows = this.#database.prepare(PARTITIONS).all()
    for (const rowsOfTopic of Map.groupBy(rows, ({ name }) => String(name)).values()) {
      const name = String(rowsOfTopic[0]?.name)
      if (!this.#topics.has(name)) this.#add(name, String(rowsOfTopic[0]?.cleanup), rowsOfTopic)
    }
    for (const { id, end, last_ms } of rows) this.advance(Number(id), Number(end), Number(last_ms))
  }

  #add(name: string, cleanup: string, rows: readonly Row[]): void {
    const partitions = rows.map(({ id }, partition) => ({
      id: Number(id),
      topic: name,
      partition,
      end: 0,
      lastTimestampMs: 0,
    }))
    for (const state of partitions) this.#partitions.set(state.id, state)
    this.#topics.set(name, { name, cleanup: cleanup === 'compact' ? 'compact' : 'delete', partitions })
  }
}

type Row = ReturnType<ReturnType<DatabaseSync['prepare']>['all']>[number]

const PARTITIONS = `
  SELECT partitions.id, name, cleanup, end, last_ms
  FROM partitions JOIN topics ON topics.id = topic_id
  ORDER BY partitions.id
`
