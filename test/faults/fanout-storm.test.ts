import { describe, expect, it } from 'vitest'
import { ChangeWriter } from './change-writer.ts'
import { FanoutNode } from './fanout-node.ts'
import { storm } from './storm.ts'

const CLIENTS = 100
const STORMS = 3

describe('a storm of reconnects', () => {
  it(`leaves ${CLIENTS} clients in step, with nothing lost and nothing repeated, ${STORMS} times`, async () => {
    await using writer = await ChangeWriter.open(500, undefined)
    const { dataDir } = writer
    const options = ['--archive-bytes-max', '0']
    await using node = await FanoutNode.start({ dataDir, port: 0, workers: 2, options })
    let storms = 0
    const onStorm = () => {
      storms++
    }
    await storm({ node, writer, clients: CLIENTS, storms: STORMS, missed: 50, windowMs: 100, onStorm })
    expect(storms).toBe(STORMS)
  }, 120_000)
})
