import { hash } from 'node:crypto'

/** Names in the cluster, which other deployments may share: all of ours begin with one prefix. */
export class Names {
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  topic(name: string): string {
    return `${this.#prefix}${name}`
  }

  group(name: string): string {
    return `${this.#prefix}${name}`
  }

  /** The transactional id of whoever owns the partition, or a range that begins with it, in the group. */
  groupTransactions(group: string, topic: string, partition: number): string {
    return `${this.#prefix}${group}.${topic}.${partition}`
  }

  transactions(instanceId: string): string {
    return `${this.#prefix}transactions.${instanceId}`
  }

  /** URL-safe, and another one in another cluster or under another prefix. */
  logId(clusterId: string): string {
    return hash('sha256', `${clusterId}\n${this.#prefix}`, 'buffer')
      .toString('base64url')
      .slice(0, LOG_ID_LENGTH)
  }
}

/** 96 bits. */
const LOG_ID_LENGTH = 16
