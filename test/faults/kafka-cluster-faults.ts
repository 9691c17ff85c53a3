/*
 * Faults on a whole cluster under load, for as long as one likes; ends with 1 on any violation.
 *
 *     node test/faults/kafka-cluster-faults.ts --seconds 600 --rate 300 --subscribers 50 --seed 1
 */
import { parseArgs } from 'node:util'
import { linesOf, runFaults } from './kafka-fault-run.ts'

const OUTPUT_LINES_MAX = 40

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    rate: { type: 'string', default: '300' },
    subscribers: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
  },
})

// So that what is started here is ended, too.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

const report = await runFaults({
  seconds: Number(values.seconds),
  editsPerSecond: Number(values.rate),
  subscribers: Number(values.subscribers),
  seed: Number(values.seed),
  say: (line) => console.log(`${new Date().toISOString()} ${line}`),
})
for (const line of linesOf(report)) console.log(line)
if (report.violations.length > 0) {
  for (const [name, output] of report.outputs) {
    console.log(`--- ${name}\n${output.split('\n').slice(-OUTPUT_LINES_MAX).join('\n')}`)
  }
  process.exitCode = 1
}
