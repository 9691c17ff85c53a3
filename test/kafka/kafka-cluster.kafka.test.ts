import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { KafkaCluster } from './kafka-cluster.ts'
import { kafkaForTests, whyNoKafkaCluster } from './kafka-for-tests.ts'

const kafka = await kafkaForTests()
const missing = await whyNoKafkaCluster()

describe.skipIf(kafka.missing)('the broker that tests share', () => {
  it('listens', async () => {
    expect(kafka.brokers.length).toBeGreaterThan(0)
    for (const broker of kafka.brokers) expect(await listens(broker)).toBe(true)
  })
})

describe.skipIf(missing)('a cluster of its own', () => {
  it('has nodes that can be killed, and come back with their data', async () => {
    await using cluster = await KafkaCluster.start({
      nodes: 1,
      tunedFor: 'start',
      properties: () => ({}),
      formatOptions: [],
    })
    const [broker = ''] = cluster.brokers
    await cluster.node(1).kill9()
    expect(await listens(broker)).toBe(false)
    await cluster.node(1).start()
    expect(await listens(broker)).toBe(true)
  })
})

function listens(broker: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${broker}`)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
