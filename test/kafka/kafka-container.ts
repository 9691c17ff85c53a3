import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers'
import { replication, TEST_BROKER_PROPERTIES } from './server-properties.ts'

const VERSION = /<kafka.version>(.*)</.exec(readFileSync(join(import.meta.dirname, 'pom.xml'), 'utf8'))?.[1]
const PORT = 9092
const CONTROLLER_PORT = 9093
const INTERNAL_PORT = 9094
const ANSWER_MS_MAX = 5_000

/** One broker in a container, for where Docker is at hand. Its image is Apache's own, of the version of the jars. */
export class KafkaContainer implements AsyncDisposable {
  readonly brokers: readonly string[]
  readonly #container: StartedTestContainer

  static async isUsable(): Promise<boolean> {
    return promisify(execFile)('docker', ['info'], { timeout: ANSWER_MS_MAX }).then(
      () => true,
      () => false,
    )
  }

  static async start(): Promise<KafkaContainer> {
    // The broker tells its clients where it is, so the port has to be known before it starts.
    const port = await freePort()
    const container = await new GenericContainer(`apache/kafka:${VERSION}`)
      .withExposedPorts({ container: PORT, host: port })
      .withEnvironment(environment(port))
      // The published port is open before the broker listens.
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
      .start()
    return new KafkaContainer(container, `${container.getHost()}:${port}`)
  }

  private constructor(container: StartedTestContainer, broker: string) {
    this.#container = container
    this.brokers = [broker]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#container.stop()
  }
}

function environment(port: number): Record<string, string> {
  const host = process.env.TESTCONTAINERS_HOST_OVERRIDE ?? 'localhost'
  const properties = {
    'node.id': '1',
    'process.roles': 'broker,controller',
    'controller.quorum.voters': `1@localhost:${CONTROLLER_PORT}`,
    listeners: `PLAINTEXT://:${PORT},INTERNAL://:${INTERNAL_PORT},CONTROLLER://:${CONTROLLER_PORT}`,
    'advertised.listeners': `PLAINTEXT://${host}:${port},INTERNAL://localhost:${INTERNAL_PORT}`,
    // The broker ends transactions through its own listener, and the published port is not to be reached from inside.
    'inter.broker.listener.name': 'INTERNAL',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    ...replication(1),
    ...TEST_BROKER_PROPERTIES,
  }
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [variableOf(name), value]))
}

/** The rule of the image: `log.dirs` is set by `KAFKA_LOG_DIRS`. */
function variableOf(property: string): string {
  return `KAFKA_${property.toUpperCase().replaceAll('.', '_')}`
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
