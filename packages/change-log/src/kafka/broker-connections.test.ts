import { describe, expect, it } from 'vitest'
import { BrokerConnections } from './broker-connections.ts'
import { isPassing } from './change-log-error-of.ts'
import { kafkaLogOptions } from './testing/kafka-log.ts'
import { SilentBroker } from './testing/silent-broker.ts'

const NOTHING = { acks: -1, timeout: 1, compression: 0, topicData: [] }
/** A second more, at the pace that is waited for. */
const LARGE_BYTES = 4_000_000

describe('connections to brokers', () => {
  it('give a broker that does not answer up with an error that passes, and a large request later than a small one', async () => {
    await using broker = await SilentBroker.start()
    const connections = new BrokerConnections(kafkaLogOptions([], { requestTimeoutMs: 50 }))
    const connection = connections.to(broker.address)
    const order: string[] = []
    const large = connection.call('Produce', NOTHING, LARGE_BYTES).catch((error: unknown) => {
      order.push('large')
      return error
    })
    const small = connection.call('Produce', NOTHING).catch((error: unknown) => {
      order.push('small')
      return error
    })
    for (const error of await Promise.all([large, small])) expect(isPassing(error)).toBe(true)
    expect(order).toEqual(['small', 'large'])
    expect(broker.connections).toBe(1)
    connections.close()
  })

  it('are refused to whoever waits for an answer, or asks, once they are closed, and none is opened any more', async () => {
    await using broker = await SilentBroker.start()
    const connections = new BrokerConnections(kafkaLogOptions([]))
    const waiting = connections.to(broker.address).call('Produce', NOTHING)
    const refused = expect(waiting).rejects.toThrow('closed')
    await connections.to(broker.address).call('ApiVersions', {})
    connections.close()
    await refused
    await expect(connections.to(broker.address).call('ApiVersions', {})).rejects.toThrow('closed')
    expect(broker.connections).toBe(1)
  })

  it('are opened anew after one broke in the middle of an answer, and hear answers from their beginning', async () => {
    await using broker = await SilentBroker.start()
    const connections = new BrokerConnections(kafkaLogOptions([]))
    const connection = connections.to(broker.address)
    await connection.call('ApiVersions', {})
    const waiting = expect(connection.call('Produce', NOTHING)).rejects.toThrow('Closed')
    broker.write(Buffer.of(0, 0, 1, 0, 1, 2, 3))
    broker.hangUp()
    await waiting
    await connection.call('ApiVersions', {})
    expect(broker.connections).toBe(2)
    connections.close()
  })

  it('say so when something else than a broker answers', async () => {
    await using broker = await SilentBroker.start()
    const connections = new BrokerConnections(kafkaLogOptions([]))
    const connection = connections.to(broker.address)
    await connection.call('ApiVersions', {})
    const waiting = expect(connection.call('Produce', NOTHING)).rejects.toThrow('is it a broker')
    broker.write(Buffer.from('HTTP/1.1 400 Bad Request'))
    await waiting
    connections.close()
  })
})
