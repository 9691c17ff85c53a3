import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WEBPLATFORM_FIXTURE_PATH } from './webplatform-fixture.ts'
import { readWebplatformRows } from './webplatform-row.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rows-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the records of the WebPlatform history', () => {
  it('are the same gzipped and plain', async () => {
    const gzipped = await fileOf('a.ndjson.gz', gzipSync(await readFile(WEBPLATFORM_FIXTURE_PATH)))

    expect(await rowsOf(gzipped)).toEqual(await rowsOf(WEBPLATFORM_FIXTURE_PATH))
    expect(await rowsOf(gzipped)).toHaveLength(11)
  })

  it('are said to belong beside the repository when they are missing', async () => {
    await expect(rowsOf(path.join(folder, 'none.gz'))).rejects.toThrow('into ../shared/data beside it')
  })

  it('are refused with the line that cannot be read', async () => {
    const lines = (await readFile(WEBPLATFORM_FIXTURE_PATH, 'utf8')).split('\n')
    const broken = [lines[0], lines[1]?.replace('"delete"', '"rename"')].join('\n')

    await expect(rowsOf(await fileOf('a.ndjson', broken))).rejects.toThrow('line 2: "change" is "rename"')
  })

  it('are refused when the file is cut short', async () => {
    const gzipped = gzipSync(await readFile(WEBPLATFORM_FIXTURE_PATH))
    const cut = await fileOf('a.ndjson.gz', gzipped.subarray(0, gzipped.length - 20))

    await expect(rowsOf(cut)).rejects.toThrow('unexpected end of file')
  })
})

function rowsOf(inputPath: string) {
  return Array.fromAsync(readWebplatformRows(inputPath))
}

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const filePath = path.join(folder, name)
  await writeFile(filePath, content)
  return filePath
}
