import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KafkaCluster } from '../../../../test/kafka/kafka-cluster.ts'
import { whyNoKafkaCluster } from '../../../../test/kafka/kafka-for-tests.ts'
import { allRecords, newTopic, record, textOf } from '../contract/contract-subject.ts'
import { LogAccessError, LogUnavailableError } from '../errors.ts'
import type { SaslOptions } from './kafka-options.ts'
import { openKafkaLog } from './testing/kafka-log.ts'

const missing = await whyNoKafkaCluster()
const PASSWORD = 'correct horse'
const STORE_PASSWORD = 'store-password'

describe.skipIf(missing)('a cluster that lets in who it knows, over TLS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'freshet-tls-'))
  let cluster: KafkaCluster
  let tls: ConnectionOptions

  beforeAll(async () => {
    const { keystore, certificate } = makeCertificate(directory)
    tls = { ca: readFileSync(certificate) }
    cluster = await KafkaCluster.start({
      nodes: 1,
      tunedFor: 'start',
      properties: () => secured(keystore),
      formatOptions: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name=freshet,password=${PASSWORD}]`,
      ]),
    })
  }, 60_000)

  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true })
  })

  const open = (sasl: SaslOptions, options: ConnectionOptions = tls) =>
    openKafkaLog(cluster.brokers, { sasl, tls: options, outageTimeoutMs: 2_000 })

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('lets us in with %s', async (mechanism) => {
    await using log = await open({ mechanism, username: 'freshet', password: PASSWORD })
    const topic = await newTopic(log)
    await log.append([record(topic, 'a', '1')])
    await log.transact([record(topic, 'a', '2')])
    expect((await allRecords(log, topic)).map(textOf)).toEqual(['1', '2'])
  })

  it.each(['plain', 'scram-sha-512'] as const)(
    'refuses a wrong password with %s, and says so instead of trying again',
    async (mechanism) => {
      const opening = open({ mechanism, username: 'freshet', password: 'wrong' })
      await expect(opening).rejects.toThrow(LogAccessError)
    },
  )

  it('is not trusted without its certificate', async () => {
    const opening = open({ mechanism: 'plain', username: 'freshet', password: PASSWORD }, {})
    await expect(opening).rejects.toThrow(LogUnavailableError)
    await expect(opening).rejects.toThrow(/certificate/)
  })
})

/** A certificate for 127.0.0.1, by the tool that comes with Java. */
function makeCertificate(directory: string): { readonly keystore: string; readonly certificate: string } {
  const keystore = join(directory, 'broker.p12')
  const certificate = join(directory, 'broker.pem')
  const store = [
    '-keystore',
    keystore,
    '-storetype',
    'PKCS12',
    '-storepass',
    STORE_PASSWORD,
    '-alias',
    'broker',
  ]
  const key = ['-keyalg', 'EC', '-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1', '-validity', '2']
  execFileSync('keytool', ['-genkeypair', ...store, ...key], { stdio: 'ignore' })
  execFileSync('keytool', ['-exportcert', '-rfc', '-file', certificate, ...store], { stdio: 'ignore' })
  return { keystore, certificate }
}

function secured(keystore: string): Record<string, string> {
  const login = 'org.apache.kafka.common.security'
  const plain = `username="broker" password="inside" user_broker="inside" user_freshet="${PASSWORD}"`
  const store = { location: keystore, password: STORE_PASSWORD, type: 'PKCS12' }
  const stores = Object.entries(store).flatMap(([name, value]) => [
    [`ssl.keystore.${name}`, value],
    [`ssl.truststore.${name}`, value],
  ])
  return {
    'listener.security.protocol.map': 'PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.plaintext.plain.sasl.jaas.config': `${login}.plain.PlainLoginModule required ${plain};`,
    'listener.name.plaintext.scram-sha-256.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
    'listener.name.plaintext.scram-sha-512.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
    ...Object.fromEntries(stores),
  }
}
