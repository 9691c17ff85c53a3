import { describe } from 'vitest'
import { kafkaForTests } from '../../../../test/kafka/kafka-for-tests.ts'
import { runChangeLogContract } from '../change-log.contract.ts'
import { openKafkaLog } from './testing/kafka-log.ts'
import { KafkaSweeper } from './testing/kafka-sweeper.ts'

const { brokers, missing } = await kafkaForTests()

describe.skipIf(missing)('on Kafka', () => {
  runChangeLogContract('KafkaChangeLog', async () => {
    // Without compression, so that sizes are what the contract's claims on retention by size count with.
    const sweeper = await KafkaSweeper.open(brokers)
    const open = async () => sweeper.watch(await openKafkaLog(brokers, { compression: 'none' }), () => true)
    let log = await open()
    return {
      log,
      sweep: () => sweeper.sweep(log),
      reopen: async () => {
        await log[Symbol.asyncDispose]()
        log = await open()
        return log
      },
      close: async () => {
        await log[Symbol.asyncDispose]()
        sweeper[Symbol.dispose]()
      },
    }
  })
})
