import { describe, expect, it } from 'vitest'
import { whyNoKafkaCluster } from '../kafka/kafka-for-tests.ts'
import { linesOf, runFaults } from './kafka-fault-run.ts'
import { FAULTS } from './kafka-faults.ts'

const missing = await whyNoKafkaCluster()
/** Past the first round, in which every kind of fault happens once. */
const SECONDS = Number(process.env.FRESHET_TEST_FAULTS_MS ?? 0) / 1_000
const SEED = 1
const SUBSCRIBERS = 10

describe.skipIf(missing)('three brokers, two ingest nodes and two fan-out nodes', () => {
  it(
    'are killed, paused, and leave and join: every acknowledged edit is one change for every subscriber, in order',
    async () => {
      const report = await runFaults({
        seconds: SECONDS,
        editsPerSecond: 60,
        subscribers: SUBSCRIBERS,
        seed: SEED,
        say: (line) => console.log(line),
      })
      console.log(linesOf(report).join('\n'))
      expect(report.violations).toEqual([])
      expect([...report.faults.keys()].sort()).toEqual(FAULTS.map(({ kind }) => kind).sort())
      expect(report.acknowledged).toBeGreaterThan(0)
      expect(report.deliveries).toBe(SUBSCRIBERS * report.acknowledged)
    },
    SECONDS * 1_000 + 600_000,
  )
})
