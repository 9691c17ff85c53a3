import { kafkaForTests } from '../kafka/kafka-for-tests.ts'
import { EMBEDDED, kafkaAt, type TestLog } from './test-log.ts'

/** The embedded log and Kafka: nothing above the log may know which one it runs on. */
export async function testLogs(): Promise<readonly TestLog[]> {
  const { brokers, missing } = await kafkaForTests()
  return [EMBEDDED, { name: 'Kafka', missing, optionsFor: kafkaAt(brokers) }]
}
