import { KafkaCluster } from './kafka-cluster.ts'
import { KafkaContainer } from './kafka-container.ts'

/** A Kafka that tests may use. Disposing of it stops what was started for them. */
export interface RunningKafka extends AsyncDisposable {
  readonly brokers: readonly string[]
}

/**
 * One broker, found in this order: `KAFKA_BROKERS` (comma-separated, and set like `TEST_BROKER_PROPERTIES`), a container where Docker is
 * usable, Apache Kafka's jars where Java and Maven are. Rejects with `NoKafkaError` where there is none of these.
 */
export async function startKafka(): Promise<RunningKafka> {
  const { KAFKA_BROKERS } = process.env
  if (KAFKA_BROKERS !== undefined) {
    return { brokers: KAFKA_BROKERS.split(','), [Symbol.asyncDispose]: async () => {} }
  }
  if (await KafkaContainer.isUsable()) return KafkaContainer.start()
  return KafkaCluster.start({ nodes: 1, tunedFor: 'start', properties: () => ({}), formatOptions: [] })
}
