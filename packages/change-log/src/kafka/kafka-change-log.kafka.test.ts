import { describe } from 'vitest'
import { kafkaForTests } from '../../../../test/kafka/kafka-for-tests.ts'
import { runChangeLogContract } from '../change-log.contract.ts'
import { openKafkaLog } from './testing/kafka-log.ts'

const { brokers, missing } = await kafkaForTests()

describe.skipIf(missing)('on Kafka', () => {
  runChangeLogContract('KafkaChangeLog', async () => {
    let log = await openKafkaLog(brokers)
    return {
      log,
      sweep: async () => {},
      reopen: async () => {
        await log[Symbol.asyncDispose]()
        log = await openKafkaLog(brokers)
        return log
      },
      close: () => log[Symbol.asyncDispose](),
    }
  })
})
