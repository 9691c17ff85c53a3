import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** What consumer groups have committed. */
export class GroupPositions {
  readonly #committed: StatementSync
  readonly #nextToHandle: StatementSync

  constructor(database: DatabaseSync) {
    this.#committed = database.prepare('SELECT next FROM positions WHERE group_name = ? AND partition_id = ?')
    this.#nextToHandle = database.prepare(
      'SELECT coalesce(next, earliest) AS next FROM partitions ' +
        'LEFT JOIN positions ON partition_id = partitions.id AND group_name = ? WHERE partitions.id = ?',
    )
  }

  /** 0 where the group has committed nothing. */
  committed(group: string, partitionId: number): number {
    return Number(this.#committed.get(group, partitionId)?.next ?? 0)
  }

  /** The first record that is kept where the group has committed nothing. */
  nextToHandle(group: string, partitionId: number): number {
    return Number(this.#nextToHandle.get(group, partitionId)?.next)
  }
}
