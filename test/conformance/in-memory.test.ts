import { InMemoryChangeLog } from '@freshet/change-log'
import { openFanoutServer } from './fanout-server.ts'
import { runConformance } from './run-conformance.ts'

runConformance('fan-out over the in-memory log', (limits) =>
  openFanoutServer(new InMemoryChangeLog(), limits),
)
