import { describe, expect, it } from 'vitest'
import { ChangeCounter } from './change-counter.ts'
import { ChangeWriter } from './change-writer.ts'
import { FanoutNode } from './fanout-node.ts'

const ROUNDS = 3
const PARTNERS = 12
const CHANGES_BETWEEN = 100
const OPTIONS = ['--drain-window-ms', '300', '--archive-bytes-max', '0']

describe('a rolling restart of two nodes over one log', () => {
  it(`loses and repeats nothing for ${PARTNERS} partners in ${ROUNDS} rounds under load, and every node ends with 0`, async () => {
    await using writer = await ChangeWriter.open(500, undefined)
    const { dataDir } = writer
    const start = (port: number) => FanoutNode.start({ dataDir, port, workers: 2, options: OPTIONS })
    const nodes = [await start(0), await start(0)]
    const urls = nodes.map(({ url }) => url)
    // Like behind a balancer: the next connection goes to the next node, whichever it is.
    let connections = 0
    const urlOf = () => urls[connections++ % urls.length] ?? ''
    const writing = new AbortController()
    const written = writer.run(writing.signal)
    const partners = Array.from({ length: PARTNERS }, () => new ChangeCounter(urlOf, { from: 'earliest' }))
    try {
      const codes: (number | null)[] = []
      for (let turn = 0; turn < ROUNDS * nodes.length; turn++) {
        const here = writer.appended + CHANGES_BETWEEN
        for (const partner of partners) await partner.has(here)
        const index = turn % nodes.length
        const node = nodes[index]
        if (node === undefined) throw new Error('no such node')
        codes.push(await node.end('SIGTERM'))
        nodes[index] = await start(node.port)
      }
      writing.abort()
      await written
      for (const partner of partners) await partner.has(writer.appended)
      for (const partner of partners) await partner.stop()
      expect(codes).toEqual(Array(ROUNDS * nodes.length).fill(0))
      for (const { count } of partners) expect(count).toBe(writer.appended)
      expect(connections).toBeGreaterThan(PARTNERS * 2)
    } finally {
      writing.abort()
      for (const node of nodes) await node.end('SIGKILL')
    }
  }, 180_000)
})
