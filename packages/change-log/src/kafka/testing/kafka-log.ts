import { KafkaChangeLog } from '../kafka-change-log.ts'
import type { KafkaChangeLogOptions } from '../kafka-options.ts'

/** Settings as tests want them: one copy of everything, and outages that are soon given up on. */
export function kafkaLogOptions(
  brokers: readonly string[],
  options: Partial<KafkaChangeLogOptions> = {},
): KafkaChangeLogOptions {
  return {
    brokers,
    clientId: 'freshet-test',
    tls: undefined,
    sasl: undefined,
    requestTimeoutMs: 8_000,
    logger: { debug: () => {} },
    namePrefix: 'test-',
    replicationFactor: 1,
    minInsyncReplicas: 1,
    instanceId: undefined,
    outageTimeoutMs: 15_000,
    sessionTimeoutMs: 6_000,
    rebalanceTimeoutMs: 30_000,
    transactionTimeoutMs: 10_000,
    compression: 'zstd',
    ...options,
  }
}

export function openKafkaLog(
  brokers: readonly string[],
  options: Partial<KafkaChangeLogOptions> = {},
): Promise<KafkaChangeLog> {
  return KafkaChangeLog.open(kafkaLogOptions(brokers, options))
}
