import { KafkaChangeLog, type KafkaChangeLogOptions, type TopicSpec } from '@freshet/change-log'

/** As in production, with transactions that are given up on sooner. */
export function openLog(
  brokers: readonly string[],
  options: Partial<KafkaChangeLogOptions> = {},
): Promise<KafkaChangeLog> {
  const isReplicated = brokers.length > 1
  return KafkaChangeLog.open({
    brokers,
    clientId: 'freshet-test',
    tls: undefined,
    sasl: undefined,
    requestTimeoutMs: 3_000,
    logger: { debug: () => {} },
    namePrefix: 'faults-',
    replicationFactor: isReplicated ? 3 : 1,
    minInsyncReplicas: isReplicated ? 2 : 1,
    instanceId: undefined,
    outageTimeoutMs: 20_000,
    sessionTimeoutMs: 6_000,
    rebalanceTimeoutMs: 30_000,
    transactionTimeoutMs: 10_000,
    compression: 'zstd',
    ...options,
  })
}

export function topic(name: string, partitions = 6): TopicSpec {
  return { name, partitions, cleanup: 'delete', retentionMs: undefined, retentionBytes: undefined }
}
