import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { completeEdit, type Edit, editInputSchema } from '@freshet/events'
import { afterAll, describe, expect, it } from 'vitest'
import { FreshetProcess } from '../harness/freshet-process.ts'
import { PageTexts, pageKey } from '../harness/page-texts.ts'
import { framesOf, type ReceivedChange } from '../harness/subscriber.ts'
import type { TestLog } from '../harness/test-log.ts'
import { testLogs } from '../harness/test-logs.ts'
import { writeEditRecording } from '../recordings/edit-recording.ts'
import { webplatformEdits } from '../recordings/webplatform-edits.ts'
import { WEBPLATFORM_FIXTURE_PATH } from '../recordings/webplatform-fixture.ts'
import { WEBPLATFORM_DATA_PATH } from '../recordings/webplatform-row.ts'

const CAPTURE = resolve(import.meta.dirname, '../../../shared/data/recentchange.sse.gz')
const folder = mkdtempSync(join(tmpdir(), 'freshet-recordings-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Plays a recording and reads so many changes from the beginning, as two subscribers at once. */
async function play(
  log: TestLog,
  source: string,
  count: number,
  parts: string,
): Promise<readonly ReceivedChange[][]> {
  await using freshet = await FreshetProcess.start({
    log,
    options: ['--source', source, '--mediawiki-api', 'none'],
    dataDir: undefined,
    port: 0,
  })
  const url = `${freshet.url}/v1/changes?from=earliest&parts=${parts}`
  const subscribers = [0, 1].map(async () => {
    const done = new AbortController()
    const changes: ReceivedChange[] = []
    for await (const frame of framesOf(url, done.signal)) {
      if (frame.type === 'change') changes.push(frame.change)
      if (changes.length === count) break
    }
    done.abort()
    return changes
  })
  return await Promise.all(subscribers)
}

async function webplatformPlayed(log: TestLog, inputPath: string) {
  const outputPath = join(folder, 'webplatform.ndjson.gz')
  await writeEditRecording({
    edits: webplatformEdits(inputPath),
    outputPath,
    limit: undefined,
    onProgress: () => undefined,
  })
  const edits: Edit[] = []
  for await (const input of webplatformEdits(inputPath))
    edits.push(completeEdit(editInputSchema.parse(input)))
  return { edits, received: await play(log, outputPath, edits.length, 'core,diff') }
}

for (const log of await testLogs()) {
  describe.skipIf(log.missing)(`on ${log.name}`, () => {
    describe.each([
      ['the WebPlatform history', WEBPLATFORM_DATA_PATH],
      ['a small history like it', WEBPLATFORM_FIXTURE_PATH],
    ])('%s', (_name, inputPath) => {
      it.skipIf(!existsSync(inputPath))(
        'arrives whole, once per subscriber, in order per page, and each diff gives the next text',
        async () => {
          const { edits, received } = await webplatformPlayed(log, inputPath)
          for (const changes of received) {
            const copy = new PageTexts()
            const byId = new Map(changes.map((change) => [change.id, change]))
            for (const change of changes) copy.apply(change)
            expect(copy.ids.size).toBe(edits.length)
            const replayed = new PageTexts()
            for (const edit of edits) {
              const change = byId.get(edit.id)
              if (change === undefined) throw new Error(`${edit.id} did not arrive`)
              replayed.apply(change)
              if (edit.text !== null) expect(replayed.text(pageKey(edit))).toBe(edit.text)
            }
          }
        },
        180_000,
      )
    })

    describe('a capture of recentchange', () => {
      it.skipIf(!existsSync(CAPTURE))(
        'arrives with every event that changes a page, the parts saying why there is no text',
        async () => {
          const [changes = []] = await play(log, CAPTURE, 1_006, 'core,diff,patch,wikitext')
          expect(new Set(changes.map(({ id }) => id)).size).toBe(1_006)
          for (const { kind, revision, diff } of changes) {
            const reason =
              kind === 'delete' ? 'page_deleted' : revision === null ? 'revision_unknown' : 'not_carried'
            expect(diff).toEqual({ unavailable: { revision: 'new', reason } })
          }
        },
        60_000,
      )
    })
  })
}
