import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedChangeLog } from '@freshet/change-log'
import { afterAll } from 'vitest'
import type { ServerLimits } from './conformance-server.ts'
import { openFanoutServer } from './fanout-server.ts'
import { runConformance } from './run-conformance.ts'

const root = mkdtempSync(join(tmpdir(), 'freshet-conformance-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const HOUR_MS = 3_600_000
let folders = 0

async function openServer(limits: ServerLimits) {
  const log = await EmbeddedChangeLog.open({
    mode: 'write',
    directory: join(root, String(folders++)),
    // Retention runs when a test says so.
    retentionSweepIntervalMs: HOUR_MS,
    onMaintenanceFailure: (error) => {
      throw error
    },
  })
  return openFanoutServer(log, limits)
}

runConformance('fan-out over the embedded log', openServer)
