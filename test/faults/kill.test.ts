import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { EditPoster } from '../harness/edit-poster.ts'
import { FreshetProcess } from '../harness/freshet-process.ts'
import { PageTexts } from '../harness/page-texts.ts'
import { resumingChanges } from '../harness/subscriber.ts'
import { testLogs } from '../harness/test-logs.ts'

const KILLS = Number(process.env.FRESHET_TEST_KILLS ?? 20)
const ALIVE_MS_MAX = 700

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Keeps a copy of the wiki until the signal aborts. */
async function subscribe(copy: PageTexts, url: string, query: Record<string, string>, signal: AbortSignal) {
  for await (const { change } of resumingChanges(() => url, query, signal)) copy.apply(change)
}

for (const log of await testLogs()) {
  describe.skipIf(log.missing)(`on ${log.name}`, () => {
    describe('a process that is killed with -9 at any moment', () => {
      it(`loses no acknowledged edit in ${KILLS} kills under load, and no subscriber sees a gap or a repeat`, async () => {
        const dataDir = mkdtempSync(join(tmpdir(), 'freshet-kill-'))
        const port = await freePort()
        const url = `http://127.0.0.1:${port}`
        const options = ['--source', 'none', '--mediawiki-api', 'none']
        const posting = new AbortController()
        const reading = new AbortController()
        try {
          let freshet = await FreshetProcess.start({ log, options, dataDir, port })
          const posters = [0, 1, 2].map((n) => {
            const pages = Array.from({ length: 5 }, (_, index) => 1 + n * 5 + index)
            return new EditPoster(() => url, pages, 1_000_000 * (n + 1))
          })
          const posts = posters.map((poster) => poster.run(posting.signal))
          const queries = [
            { parts: 'core,diff' },
            { parts: 'core,diff' },
            { parts: 'core,diff', wiki: 'testwiki' },
          ]
          const copies = queries.map(() => new PageTexts())
          const subscribers = queries.map((query, n) =>
            subscribe(copies[n] as PageTexts, url, query, reading.signal),
          )

          for (let kill = 0; kill < KILLS; kill++) {
            await sleep(Math.random() * ALIVE_MS_MAX)
            await freshet.end('SIGKILL')
            freshet = await FreshetProcess.start({ log, options, dataDir, port })
          }
          posting.abort()
          await Promise.all(posts)
          const acknowledged = new Set(posters.flatMap((poster) => [...poster.acknowledged]))

          const done = new AbortController()
          const all = new PageTexts()
          for await (const { change } of resumingChanges(() => url, { parts: 'core,diff' }, done.signal)) {
            all.apply(change)
            if (all.ids.size === acknowledged.size) done.abort()
          }
          const isInStep = () => copies.every(({ ids }) => ids.size >= acknowledged.size)
          while (!isInStep()) await Promise.race([sleep(20), ...subscribers])
          reading.abort()
          await Promise.all(subscribers)
          expect(acknowledged.size).toBeGreaterThan(KILLS)
          expect(all.ids).toEqual(acknowledged)
          for (const { ids } of copies) expect(ids).toEqual(acknowledged)
          await freshet.end('SIGKILL')
        } finally {
          posting.abort()
          reading.abort()
          rmSync(dataDir, { recursive: true, force: true })
        }
      }, 300_000)
    })
  })
}
