import { randomUUID } from 'node:crypto'
import type { ChangeLog } from '@freshet/change-log'
import { describe } from 'vitest'
import { openKafkaLog } from '../../packages/change-log/src/kafka/testing/kafka-log.ts'
import { KafkaSweeper } from '../../packages/change-log/src/kafka/testing/kafka-sweeper.ts'
import { kafkaForTests } from '../kafka/kafka-for-tests.ts'
import type { ServerLimits } from './conformance-server.ts'
import { openFanoutServer } from './fanout-server.ts'
import { runConformance } from './run-conformance.ts'

const { brokers, missing } = await kafkaForTests()

async function openServer(limits: ServerLimits) {
  const options = { namePrefix: `conformance-${randomUUID()}-`, compression: 'none' } as const
  const sweeper = await KafkaSweeper.open(brokers, options)
  const kafka = sweeper.watch(await openKafkaLog(brokers, options), ({ cleanup }) => cleanup === 'delete')
  return openFanoutServer(Object.assign(inSmallBatches(kafka), { sweep: () => sweeper.sweep(kafka) }), limits)
}

/** The segments that the sweeper can remove are so small that a batch of many records does not fit. */
function inSmallBatches(log: ChangeLog): ChangeLog {
  const append = log.append.bind(log)
  log.append = async (records) => {
    const positions = []
    for (const record of records) positions.push(...(await append([record])))
    return positions
  }
  return log
}

describe.skipIf(missing)('on Kafka', () => {
  runConformance('fan-out over Kafka', openServer)
})
