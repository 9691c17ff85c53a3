import type { ConnectionOptions } from 'node:tls'
import type { KafkaLogger } from './kafkajs.ts'

/** Where the cluster is and how to get in. */
export interface KafkaConnectionOptions {
  /** `host:port` of some of the brokers; the others are heard of from them. */
  readonly brokers: readonly string[]
  /** What brokers call this process in their logs, metrics and quotas. */
  readonly clientId: string
  /** undefined: without TLS. `{}`: TLS with the machine's certificate authorities. */
  readonly tls: undefined | ConnectionOptions
  /** undefined: without SASL. */
  readonly sasl: undefined | SaslOptions
  /** How long a broker may take to answer; a large request has longer. What a broker that stands still leads is held up for about so long. */
  readonly requestTimeoutMs: number
  readonly logger: KafkaLogger
}

export interface SaslOptions {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

export interface KafkaChangeLogOptions extends KafkaConnectionOptions {
  /**
   * Begins the names of all topics, consumer groups and transactions, so that several deployments can share a cluster, and so that access
   * can be granted by prefix.
   */
  readonly namePrefix: string
  /** Copies of each partition. */
  readonly replicationFactor: number
  /** Copies that have a record before it counts as durable. */
  readonly minInsyncReplicas: number
  /**
   * Name of this process among all that write to the log, the same after a restart: what a crash left open is then cleared away
   * at once instead of after `transactionTimeoutMs`. undefined: a new one each time.
   */
  readonly instanceId: undefined | string
  /** How long appends, transactions and questions are tried again before they reject with `LogUnavailableError`. */
  readonly outageTimeoutMs: number
  /** A member of a consumer group that was not heard of for so long has lost its partitions. */
  readonly sessionTimeoutMs: number
  /** How long the group waits for a member whose handler is at work, before it goes on without it. */
  readonly rebalanceTimeoutMs: number
  /** An open transaction is aborted after it, and readers wait for it as long: above the longest that a commit may take. */
  readonly transactionTimeoutMs: number
  readonly compression: 'none' | 'zstd'
}
