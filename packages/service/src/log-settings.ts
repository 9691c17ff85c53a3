import { z } from 'zod'
import type { SettingsGroup } from './settings.ts'

const count = z.coerce.number().int().positive()

/** Which log everything is kept in, and how it is reached. */
export const LOG_SETTINGS = {
  prefix: 'FRESHET',
  schema: z.object({
    log: z
      .enum(['embedded', 'kafka'])
      .default('embedded')
      .describe('The log: "embedded", a folder in the data directory, or "kafka".'),
    kafkaBrokers: z
      .string()
      .default('127.0.0.1:9092')
      .transform((list) => list.split(',').map((broker) => broker.trim()))
      .describe('Brokers to start from, as host:port, separated by commas.'),
    kafkaTopicPrefix: z
      .string()
      .regex(/^[a-zA-Z0-9._-]*$/, 'a topic name has letters, digits, dots, underscores and hyphens')
      .default('freshet.')
      .describe('Goes before the name of every topic and consumer group.'),
    kafkaReplicationFactor: count
      .max(100)
      .default(1)
      .describe('Copies of every topic; 3 on a cluster that has to survive the loss of a broker.'),
    kafkaMinInsyncReplicas: count
      .max(100)
      .default(1)
      .describe('Copies that must have a record before it is acknowledged; 2 of 3.'),
    kafkaInstanceId: z
      .string()
      .optional()
      .describe(
        'Name of this process among all that write, the same after a restart: what a crash left open is then cleared at once.',
      ),
    kafkaSsl: z.boolean().default(false).describe('Speak TLS with the brokers.'),
    kafkaSslCa: z
      .string()
      .optional()
      .describe('A file with the certificates (PEM) that the brokers are to be trusted by.'),
    kafkaSaslMechanism: z
      .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
      .optional()
      .describe('How to log in: plain, scram-sha-256 or scram-sha-512.'),
    kafkaSaslUsername: z.string().optional().describe('The name to log in with.'),
    kafkaSaslPassword: z.string().optional().describe('The password to log in with.'),
  }),
} satisfies SettingsGroup

export type LogSettings = z.output<typeof LOG_SETTINGS.schema>
