import { KafkaCluster } from '../kafka/kafka-cluster.ts'
import { NoKafkaError } from '../kafka/no-kafka-error.ts'

/** One broker, tuned as for production; none, which is said, where Java or Maven is missing. */
export async function startKafkaIfThere(): Promise<KafkaCluster | undefined> {
  try {
    return await KafkaCluster.start({
      nodes: 1,
      tunedFor: 'throughput',
      properties: () => ({}),
      formatOptions: [],
    })
  } catch (error) {
    if (!(error instanceof NoKafkaError)) throw error
    process.stdout.write(`Kafka is not measured: ${error.message}\n\n`)
    return undefined
  }
}
