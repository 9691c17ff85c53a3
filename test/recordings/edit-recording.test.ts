import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { EditInput } from '@freshet/events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeEditRecording } from './edit-recording.ts'
import { RecordingInputError } from './recording-input-error.ts'
import { webplatformEdits } from './webplatform-edits.ts'
import { WEBPLATFORM_FIXTURE_PATH } from './webplatform-fixture.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'recording-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('a recording of edits', () => {
  it('has one edit per line, in order, gzipped', async () => {
    const outputPath = path.join(folder, 'new', 'a.ndjson.gz')

    const summary = await writeEditRecording({ ...options(outputPath), edits: fixtureEdits() })

    const lines = gunzipSync(await readFile(outputPath))
      .toString()
      .trimEnd()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual(await Array.fromAsync(fixtureEdits()))
    expect(summary).toEqual({ edits: 11, pages: 5, textBytes: 225 })
  })

  it('stops at its limit', async () => {
    const outputPath = path.join(folder, 'a.ndjson')

    const summary = await writeEditRecording({ ...options(outputPath), edits: fixtureEdits(), limit: 3 })

    expect(summary.edits).toBe(3)
    expect((await readFile(outputPath, 'utf8')).split('\n')).toHaveLength(4)
  })

  it('refuses two edits with one id, and leaves nothing behind', async () => {
    async function* twice(): AsyncIterable<EditInput> {
      yield* fixtureEdits()
      yield* fixtureEdits()
    }

    const writing = writeEditRecording({ ...options(path.join(folder, 'a.ndjson')), edits: twice() })

    await expect(writing).rejects.toThrow('two edits have the id webplatform:10')
    expect(await readdir(folder)).toEqual([])
  })

  it('refuses an edit that the intake would refuse, and names the field', async () => {
    async function* invalid(): AsyncIterable<EditInput> {
      for await (const edit of fixtureEdits()) yield { ...edit, wiki: 'No Wiki' }
    }

    const writing = writeEditRecording({ ...options(path.join(folder, 'a.ndjson')), edits: invalid() })

    await expect(writing).rejects.toThrow(RecordingInputError)
    await expect(writing).rejects.toThrow('wiki: a wiki id is a database name')
  })
})

function fixtureEdits(): AsyncIterable<EditInput> {
  return webplatformEdits(WEBPLATFORM_FIXTURE_PATH)
}

function options(outputPath: string) {
  return { outputPath, limit: undefined, onProgress: () => {} }
}
