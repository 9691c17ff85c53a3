import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChangeLogContract } from '../change-log.contract.ts'
import { EmbeddedChangeLog } from './embedded-change-log.ts'

runChangeLogContract('EmbeddedChangeLog', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'freshet-log-'))
  const open = () =>
    EmbeddedChangeLog.open({
      mode: 'write',
      directory,
      retentionSweepIntervalMs: 3_600_000,
      onMaintenanceFailure: (error) => {
        throw error
      },
    })
  let log = await open()
  return {
    log,
    sweep: () => log.sweep(),
    reopen: async () => {
      await log[Symbol.asyncDispose]()
      log = await open()
      return log
    },
    close: async () => {
      await log[Symbol.asyncDispose]()
      rmSync(directory, { recursive: true })
    },
  }
})
