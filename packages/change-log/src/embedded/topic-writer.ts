import type { DatabaseSync } from 'node:sqlite'
import type { TopicSpec } from '../change-log.ts'
import { TopicMismatchError } from '../errors.ts'
import { PARTITIONS_MAX } from './block-id.ts'
import { integerOf } from './layout.ts'
import { inTransaction } from './transaction.ts'

/** Creates the topics that are missing and sets the retention of those that exist. */
export function writeTopics(database: DatabaseSync, specs: readonly TopicSpec[]): void {
  inTransaction(database, () => {
    for (const spec of specs) {
      const topicId = database.prepare('SELECT id FROM topics WHERE name = ?').get(spec.name)?.id
      if (topicId === undefined) create(database, spec)
      else setRetention(database, Number(topicId), spec)
    }
  })
}

function create(database: DatabaseSync, { name, cleanup, partitions, ...retention }: TopicSpec): void {
  const firstId = integerOf(database, 'SELECT coalesce(max(id) + 1, 0) FROM partitions')
  if (firstId + partitions > PARTITIONS_MAX) {
    throw new TopicMismatchError(
      `${partitions} partitions for ${name}: one folder has at most ${PARTITIONS_MAX} over all topics, ${firstId} are taken`,
    )
  }
  const { lastInsertRowid } = database
    .prepare('INSERT INTO topics (name, cleanup) VALUES (?, ?)')
    .run(name, cleanup)
  setRetention(database, Number(lastInsertRowid), retention)
  const insert = database.prepare('INSERT INTO partitions (id, topic_id) VALUES (?, ?)')
  for (let partition = 0; partition < partitions; partition++)
    insert.run(firstId + partition, lastInsertRowid)
}

function setRetention(
  database: DatabaseSync,
  topicId: number,
  { retentionMs, retentionBytes }: Pick<TopicSpec, 'retentionMs' | 'retentionBytes'>,
): void {
  database
    .prepare('UPDATE topics SET retention_ms = ?, retention_bytes = ? WHERE id = ?')
    .run(retentionMs ?? null, retentionBytes ?? null, topicId)
}
