import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import {
  type ChangeLog,
  EmbeddedChangeLog,
  KafkaChangeLog,
  LogUnavailableError,
  type SaslOptions,
} from '@freshet/change-log'
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

/** The data directory cannot be used; no waiting mends that, a person has to look. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
  readonly isRetryable = false
}

async function openEmbedded({ dataDir, mode, logger }: OpenLogOptions): Promise<ChangeLog> {
  const directory = join(dataDir, 'log')
  // Whoever reads may be there before the one who writes, and waits for the folder.
  if (mode === 'read') return EmbeddedChangeLog.open({ mode, directory })
  try {
    return await EmbeddedChangeLog.open({
      mode,
      directory,
      retentionSweepIntervalMs: RETENTION_SWEEP_INTERVAL_MS,
      onMaintenanceFailure: (error) =>
        logger.warn({ err: error }, 'the log could not be tidied; trying again'),
    })
  } catch (error) {
    if (!(error instanceof LogUnavailableError)) throw error
    throw new DataDirectoryError(error.message, { cause: error })
  }
}

const KAFKA_TIMES = {
  // A broker answers within milliseconds. One that stands still holds up what it leads for as long, once its session is over.
  requestTimeoutMs: 3_000,
  outageTimeoutMs: 15_000,
  // What an ingest node had is taken over so long after it was lost. Brokers refuse less (`group.min.session.timeout.ms`).
  sessionTimeoutMs: 6_000,
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
