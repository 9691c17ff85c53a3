import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { zstdDecompressSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { SAMPLE_WIKI_RECORDING_PATH } from '../../services/standalone/sample-wiki/recording-path.ts'
import { FreshetProcess } from '../harness/freshet-process.ts'
import { EMBEDDED } from '../harness/test-log.ts'

const COMMAND = resolve(import.meta.dirname, '../../services/operator/src/train-dictionary.ts')
const SAMPLE_CHANGES = 80

async function train(...options: readonly string[]) {
  const child = spawn(process.execPath, [COMMAND, ...options])
  const exited = once(child, 'exit')
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [status] = await exited
  return { status, output: output.trim(), errors }
}

async function lines(url: string, headers: Readonly<Record<string, string>>): Promise<Buffer> {
  const response = await fetch(`${url}/v1/changes?from=earliest&until=latest`, {
    headers: { accept: 'application/x-ndjson', ...headers },
  })
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

describe('train-dictionary', () => {
  it('makes a dictionary from the log of a running Freshet, which serves and uses it', async () => {
    await using freshet = await FreshetProcess.start({
      log: EMBEDDED,
      options: ['--source', SAMPLE_WIKI_RECORDING_PATH],
      dataDir: undefined,
      port: 0,
    })
    const changeCount = async () =>
      (await lines(freshet.url, {})).toString().split('"type":"change"').length - 1
    await vi.waitFor(async () => expect(await changeCount()).toBeGreaterThanOrEqual(SAMPLE_CHANGES), 20_000)

    const dryRun = await train('--data-dir', freshet.dataDir, '--dry-run')
    expect(dryRun).toMatchObject({ status: 0, output: '' })
    const trained = await train('--data-dir', freshet.dataDir, '--url', freshet.url)
    expect(trained.errors).toMatch(/times smaller; without a dictionary: \d/)
    expect(trained.status).toBe(0)
    await vi.waitFor(async () => expect((await fetch(trained.output)).status).toBe(200), 10_000)

    const dictionary = Buffer.from(await (await fetch(trained.output)).arrayBuffer())
    const id = trained.output.split('/').at(-1) ?? ''
    const held = `:${Buffer.from(id, 'hex').toString('base64')}:`
    const compressed = await lines(freshet.url, { 'accept-encoding': 'dcz', 'available-dictionary': held })
    const plain = await lines(freshet.url, { 'accept-encoding': 'identity' })
    const changesOf = (bytes: Buffer) =>
      bytes
        .toString()
        .match(/^\{"type":"change".*$/gm)
        ?.toSorted()
    expect(changesOf(zstdDecompressSync(compressed, { dictionary }))).toEqual(changesOf(plain))
  })

  it('says what to do where nobody takes the dictionary, and where there is no log', async () => {
    await using freshet = await FreshetProcess.start({
      log: EMBEDDED,
      options: ['--source', 'none'],
      dataDir: undefined,
      port: 0,
    })
    const empty = await train('--data-dir', freshet.dataDir, '--url', freshet.url)
    expect(empty).toMatchObject({ status: 1, errors: expect.stringContaining('too few to learn from') })
    const missing = await train('--data-dir', `${freshet.dataDir}/nowhere`)
    expect(missing).toMatchObject({ status: 1, errors: expect.stringContaining('there is no log') })
  })
})
