import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FreshetProcess } from '../harness/freshet-process.ts'
import { testLogs } from '../harness/test-logs.ts'

const COMMAND = resolve(import.meta.dirname, '../../services/operator/src/dead-letters.ts')
const UNREADABLE = { kind: 'edit', wiki: 7, page: { id: 7, title: 'Rain', namespace: 0 } }

/** What the command printed, row by row. */
function run(options: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...options], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  const rows = stdout.split('\n').filter((line) => line !== '')
  return { status, rows: rows.map((row) => JSON.parse(row)), stderr }
}

const logs = await testLogs()

describe('dead-letters', () => {
  for (const log of logs) {
    it.skipIf(log.missing)(
      `lists what could not be read, also while Freshet runs, and posts it again: ${log.name}`,
      async () => {
        await using freshet = await FreshetProcess.start({
          log,
          options: ['--source', 'none'],
          dataDir: undefined,
          port: 0,
        })
        const where = ['--data-dir', freshet.dataDir, ...log.optionsFor(freshet.dataDir)]
        expect(run(['list', ...where])).toMatchObject({ status: 0, rows: [] })

        const headers = { 'content-type': 'application/json' }
        const body = JSON.stringify([UNREADABLE, UNREADABLE])
        await fetch(`${freshet.url}/v1/edits`, { method: 'POST', headers, body })
        const letter = { source: 'POST /v1/edits', reason: expect.stringContaining('wiki') }
        const listed = [0, 1].map((offset) => ({ offset, ...letter }))
        expect(run(['list', ...where]).rows).toMatchObject(listed)

        const replayed = run(['replay', '--offset', '1', '--url', freshet.url, ...where])
        expect(replayed).toMatchObject({ status: 1, rows: [{ offset: 1, status: 400 }] })
        expect(run(['list', '--raw', ...where]).rows.map(({ input }) => JSON.parse(input))).toEqual([
          UNREADABLE,
          UNREADABLE,
          UNREADABLE,
        ])
      },
      120_000,
    )
  }

  it('says what is wrong with its options', () => {
    const { status, stderr } = run(['replay', '--offset', 'x,3'])
    expect(status).toBe(1)
    expect(stderr).toContain('--offset')
    expect(stderr).toContain('whole numbers with commas')
  })
})
