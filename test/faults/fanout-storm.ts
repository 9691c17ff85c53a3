/**
 * `npm run test:storm`: a thousand clients are cut and come back with their cursors within a second, ten times over. Prints
 * what each reconnect cost the server, from the operating system.
 */
import { loadavg } from 'node:os'
import { ChangeWriter } from './change-writer.ts'
import { FanoutNode } from './fanout-node.ts'
import { storm } from './storm.ts'

const CLIENTS = Number(process.env.FRESHET_STORM_CLIENTS ?? 1_000)
const STORMS = Number(process.env.FRESHET_STORMS ?? 10)
const MISSED = 100
const CHANGE_BYTES = 2_000
const WINDOW_MS = 1_000

await using writer = await ChangeWriter.open(CHANGE_BYTES, undefined)
const options = ['--archive-bytes-max', '0']
await using node = await FanoutNode.start({ dataDir: writer.dataDir, port: 0, workers: 1, options })
const results: number[] = []
await storm({
  node,
  writer,
  clients: CLIENTS,
  storms: STORMS,
  missed: MISSED,
  windowMs: WINDOW_MS,
  onStorm: ({ seconds, cpuMsPerReconnect }) => {
    results.push(cpuMsPerReconnect)
    print(
      `storm ${results.length}: in step after ${seconds.toFixed(2)} s, ${cpuMsPerReconnect.toFixed(3)} CPU ms a reconnect (load ${loadavg()[0]?.toFixed(1)})`,
    )
  },
})
const sorted = results.toSorted((a, b) => a - b)
print(
  `${CLIENTS} clients, ${STORMS} storms, ${MISSED} changes of ${CHANGE_BYTES} bytes missed: nothing lost, nothing repeated; ` +
    `CPU ms a reconnect: median ${sorted[Math.floor(sorted.length / 2)]?.toFixed(3)}, least ${sorted[0]?.toFixed(3)}`,
)

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
