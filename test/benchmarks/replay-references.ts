/**
 * What `replay.bench.ts` stands beside, each in a process of its own: `read <folder>` and `read-kafka <brokers> <prefix>` loop over
 * the log and do nothing with it, `send <bytes>` writes that many bytes to whoever connects.
 */
import { createServer } from 'node:net'
import { type ChangeLog, EmbeddedChangeLog } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import { openLog } from '../kafka/faults/kafka-log.ts'

const READ_BYTES = 256 * 1024
const [what, argument = '', prefix = ''] = process.argv.slice(2)

if (what === 'read') await read(await EmbeddedChangeLog.open({ mode: 'read', directory: argument }))
else if (what === 'read-kafka') await read(await openLog(argument.split(','), { namePrefix: prefix }))
else send(Number(argument))

async function read(opened: ChangeLog): Promise<void> {
  await using log = opened
  const ends = (await log.bounds(CHANGES_TOPIC)).map(({ end }) => Number(end))
  const total = ends.reduce((sum, end) => sum + end, 0)
  const done = new AbortController()
  const options = { topic: CHANGES_TOPIC, from: ends.map(() => 0n), batchBytesMax: READ_BYTES }
  const cpuBefore = process.cpuUsage()
  const startMs = performance.now()
  let records = 0
  for await (const batch of log.read({ ...options, signal: done.signal })) {
    records += batch.records.length
    batch.giveBack?.()
    if (records === total) done.abort()
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  const seconds = (performance.now() - startMs) / 1_000
  process.stdout.write(`${JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6 })}\n`)
}

function send(bytes: number): void {
  const block = Buffer.alloc(READ_BYTES, 'x')
  const server = createServer((socket) => {
    let left = bytes
    const write = () => {
      while (left > 0) {
        left -= block.length
        if (!socket.write(block)) return
      }
      socket.end()
    }
    socket.on('drain', write)
    write()
  })
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as { port: number }
    process.stdout.write(`${JSON.stringify({ port })}\n`)
  })
}
