import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { type ChangeLog, EmbeddedChangeLog, KafkaChangeLog, type SaslOptions } from '@freshet/change-log'
import type { Logger } from 'pino'
import type { LogSettings } from './log-settings.ts'

export interface OpenLogOptions {
  readonly settings: LogSettings
  readonly dataDir: string
  /** An embedded log has one process that writes, and any number that read. */
  readonly mode: 'read' | 'write'
  readonly logger: Logger
}

const RETENTION_SWEEP_INTERVAL_MS = 60_000

/** The log that the settings name. Rejects with a retryable `ChangeLogError` while it cannot be reached. */
export async function openLog(options: OpenLogOptions): Promise<ChangeLog> {
  switch (options.settings.log) {
    case 'embedded':
      return openEmbedded(options)
    case 'kafka':
      return openKafka(options)
  }
}

async function openEmbedded({ dataDir, mode, logger }: OpenLogOptions): Promise<ChangeLog> {
  const directory = join(dataDir, 'log')
  if (mode === 'read') return EmbeddedChangeLog.open({ mode, directory })
  return EmbeddedChangeLog.open({
    mode,
    directory,
    retentionSweepIntervalMs: RETENTION_SWEEP_INTERVAL_MS,
    onMaintenanceFailure: (error) => logger.warn({ err: error }, 'the log could not be tidied; trying again'),
  })
}

const KAFKA_TIMES = {
  requestTimeoutMs: 10_000,
  outageTimeoutMs: 15_000,
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 30_000,
  transactionTimeoutMs: 60_000,
}

function openKafka({ settings, logger }: OpenLogOptions): Promise<ChangeLog> {
  return KafkaChangeLog.open({
    ...KAFKA_TIMES,
    brokers: settings.kafkaBrokers,
    clientId: `freshet@${hostname()}`,
    tls: tlsOf(settings),
    sasl: saslOf(settings),
    namePrefix: settings.kafkaTopicPrefix,
    replicationFactor: settings.kafkaReplicationFactor,
    minInsyncReplicas: settings.kafkaMinInsyncReplicas,
    instanceId: settings.kafkaInstanceId,
    compression: 'zstd',
    logger,
  })
}

function tlsOf({ kafkaSsl, kafkaSslCa }: LogSettings) {
  if (!kafkaSsl) return undefined
  return kafkaSslCa === undefined ? {} : { ca: readFileSync(kafkaSslCa) }
}

function saslOf(settings: LogSettings): SaslOptions | undefined {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = settings
  if (mechanism === undefined) return undefined
  return { mechanism, username: username ?? '', password: password ?? '' }
}
