import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { FreshetProcess } from '../harness/freshet-process.ts'
import { framesOf } from '../harness/subscriber.ts'
import { EMBEDDED } from '../harness/test-log.ts'

const MAIN = resolve(import.meta.dirname, '../../services/standalone/src/main.ts')

function start(options: readonly string[], dataDir?: string) {
  return FreshetProcess.start({ log: EMBEDDED, options, dataDir, port: 0 })
}

function edit(revisionId: number) {
  const page = { id: 7, title: 'Rain', namespace: 0 }
  const text = `Rain, told for the ${revisionId}th time.\n`
  const revision = { id: revisionId, parentId: revisionId - 1 }
  return { kind: 'edit', wiki: 'testwiki', page, revision, editedAt: '2026-01-02T03:04:05Z', text }
}

function post(url: string, edits: unknown) {
  const headers = { 'content-type': 'application/json' }
  return fetch(`${url}/v1/edits`, { method: 'POST', headers, body: JSON.stringify(edits) })
}

async function firstChanges(url: string, count: number, query = 'from=earliest') {
  const done = new AbortController()
  const changes = []
  for await (const frame of framesOf(`${url}/v1/changes?${query}`, done.signal)) {
    if (frame.type === 'change') changes.push(frame.change)
    if (changes.length === count) break
  }
  return changes
}

describe('the program', () => {
  it('shows diffs of the sample wiki to whoever pastes the line that it prints', async () => {
    await using freshet = await start(['--source', 'sample'])
    await vi.waitFor(() => expect(freshet.output).toContain('curl -N'))
    const address = /curl -N '([^']+)'/.exec(freshet.output)?.[1] ?? ''
    const response = await fetch(address)
    const decoder = new TextDecoder()
    let text = ''
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes, { stream: true })
      if (text.includes('"patch":"--- ')) break
    }
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect(text).toMatch(/^id: .*\ndata: \{"id":"/m)
  })

  it('drains on SIGTERM, exits with 0, and goes on where it was when started again', async () => {
    await using first = await start(['--source', 'none'])
    expect((await post(first.url, edit(1))).status).toBe(201)
    const [change] = await firstChanges(first.url, 1)
    const frames = framesOf(`${first.url}/v1/changes?from=latest`, new AbortController().signal)
    await frames.next()
    expect(await first.end('SIGTERM')).toBe(0)
    const last = (await Array.fromAsync(frames)).at(-1)
    expect(last).toMatchObject({ type: 'closing', code: 'draining', reconnect: true })
    await using second = await start(['--source', 'none'], first.dataDir)
    expect((await post(second.url, [edit(1), edit(2)])).status).toBe(201)
    const changes = await firstChanges(second.url, 2)
    expect(changes.map(({ id }) => id)).toEqual(['testwiki:1', 'testwiki:2'])
    expect(changes[0]).toEqual(change)
    expect(JSON.stringify(changes[1]?.diff)).not.toContain('unavailable')
  })

  it('refuses to share its folder with another, saying who has it', async () => {
    await using first = await start(['--source', 'none'])
    await expect(start(['--source', 'none'], first.dataDir)).rejects.toThrow(String(first.pid))
  })

  it('reports all mistakes in its settings at once, and every setting in its help', () => {
    const wrong = spawnSync(process.execPath, [MAIN, '--port', '99999', '--pace', 'slow'], {
      encoding: 'utf8',
    })
    expect(wrong.status).toBe(1)
    expect(wrong.stderr).toContain('--port')
    expect(wrong.stderr).toContain('--pace')
    const help = spawnSync(process.execPath, [MAIN, '--help'], { encoding: 'utf8', timeout: 20_000 })
    for (const option of ['--source', '--data-dir', '--mediawiki-api', '--tail-bytes-max']) {
      expect(help.stdout).toContain(option)
    }
  })

  it('says what it cannot read, and ends', () => {
    const missing = spawnSync(
      process.execPath,
      [MAIN, '--source', 'nowhere.ndjson', '--port', '0', '--data-dir', '/dev/null/x'],
      {
        encoding: 'utf8',
        timeout: 20_000,
      },
    )
    expect(missing.status).toBe(1)
    expect(missing.stderr).toContain('/dev/null/x')
  })

  it('publishes health, numbers, schemas and a page', async () => {
    await using freshet = await start(['--source', 'none'])
    await post(freshet.url, [edit(1), { kind: 'nonsense' }])
    await firstChanges(freshet.url, 1)
    const get = async (path: string) => (await fetch(freshet.url + path)).text()
    const metrics = await get('/metrics')
    expect(metrics).toMatch(/freshet_ingest_edits_total\{source="POST \/v1\/edits"\} 1/)
    expect(metrics).toMatch(/freshet_ingest_changes_total\{kind="edit"\} 1/)
    expect(metrics).toMatch(/freshet_ingest_dead_letters_total\{source="POST \/v1\/edits"\} 1/)
    await vi.waitFor(async () => {
      expect(await get('/metrics')).toMatch(/freshet_ingest_enrich_lag_records 0\n[\s\S]*lag_seconds 0\n/)
    }, 20_000)
    expect(metrics).toMatch(/freshet_fanout_bytes_sent_total\{transport="ndjson"\} [1-9]/)
    expect(JSON.parse(await get('/readyz'))).toMatchObject({ status: 'ready' })
    expect(JSON.parse(await get('/v1/schemas/edit'))).toHaveProperty('properties.kind')
    expect(await get('/')).toContain('EventSource')
  })
})

describe('a log that is copied into another', () => {
  it('goes on there, for partners with the cursors of the old one too', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'freshet-copy-'))
    try {
      await using old = await start(['--source', 'none'])
      await post(old.url, [edit(1), edit(2)])
      const frames = framesOf(`${old.url}/v1/changes?from=earliest`, AbortSignal.timeout(20_000))
      let cursor = ''
      for await (const frame of frames) {
        if (frame.type === 'change') cursor = frame.cursor
        if (frame.change?.id === 'testwiki:1') break
      }
      await firstChanges(old.url, 2)
      await old.end('SIGTERM')
      const command = resolve(import.meta.dirname, '../../services/operator/src/copy-log.ts')
      const options = ['--from-data-dir', old.dataDir, '--data-dir', dataDir]
      const copied = spawnSync(process.execPath, [command, ...options], { encoding: 'utf8', timeout: 20_000 })
      expect([copied.status, copied.stderr]).toEqual([
        0,
        expect.stringContaining('changes: 2 copied, 0 ahead'),
      ])
      await using now = await start(['--source', 'none'], dataDir)
      await post(now.url, [edit(1), edit(3)])
      const changes = await firstChanges(now.url, 2, `from=${cursor}`)
      expect(changes.map(({ id }) => id)).toEqual(['testwiki:2', 'testwiki:3'])
      await now.end('SIGTERM')
    } finally {
      rmSync(dataDir, { recursive: true })
    }
  })
})

describe('the README', () => {
  it('has the table of settings that the program has', () => {
    const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8')
    const table = spawnSync(process.execPath, [resolve(import.meta.dirname, '../settings-table.ts')], {
      encoding: 'utf8',
    })
    expect(readme).toContain(table.stdout.trim())
  })
})
