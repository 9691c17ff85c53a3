import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { databaseFile } from '../layout.ts'

/** Two readers of the folder that it is given, until it is killed: one begins its next read before the other ends its own. */
const [first, second] = [1, 2].map(
  () => new DatabaseSync(databaseFile(process.argv[2] ?? ''), { readOnly: true, timeout: 2000 }),
)
first?.exec('BEGIN; SELECT count(*) FROM partitions')
process.stdout.write('reading\n')
for (;;) {
  second?.exec('BEGIN; SELECT count(*) FROM partitions')
  first?.exec('COMMIT')
  await delay(1)
  first?.exec('BEGIN; SELECT count(*) FROM partitions')
  second?.exec('COMMIT')
  await delay(1)
}
