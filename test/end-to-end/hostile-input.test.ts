import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FreshetProcess } from '../harness/freshet-process.ts'
import { framesOf } from '../harness/subscriber.ts'
import { EMBEDDED } from '../harness/test-log.ts'

const MEBIBYTE = 1024 ** 2

let freshet: FreshetProcess
beforeAll(async () => {
  freshet = await FreshetProcess.start({
    log: EMBEDDED,
    options: ['--source', 'none', '--mediawiki-api', 'none'],
    dataDir: undefined,
    port: 0,
  })
})
afterAll(() => freshet[Symbol.asyncDispose]())

let revisionId = 0
function edit() {
  revisionId += 1
  const page = { id: 7, title: 'Rain', namespace: 0 }
  const revision = { id: revisionId, parentId: revisionId - 1 }
  return {
    kind: 'edit',
    wiki: 'testwiki',
    page,
    revision,
    editedAt: '2026-01-02T03:04:05Z',
    text: `${revisionId}\n`,
  }
}

function post(path: string, body: string) {
  return fetch(freshet.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
}

/** An edit goes in and its change comes out. */
async function expectService() {
  const sent = edit()
  const frames = framesOf(`${freshet.url}/v1/changes?from=latest`, AbortSignal.timeout(20_000))
  await frames.next()
  expect((await post('/v1/edits', JSON.stringify(sent))).status).toBe(201)
  for await (const { type, change } of frames)
    if (type === 'change' && change.revision?.id === sent.revision.id) return
}

describe('the service answers, and goes on, after', () => {
  it('a body of 100 MB, which it refuses by its length', async () => {
    const answer = await post('/v1/edits', ' '.repeat(100 * MEBIBYTE)).catch((error) => error.cause)
    // The connection may be closed before the whole body is sent, and then the answer is lost with it.
    if (answer instanceof Response) expect(answer.status).toBe(413)
    else expect(['EPIPE', 'ECONNRESET', 'UND_ERR_SOCKET']).toContain(answer.code)
    await expectService()
  })

  it('an object with a million keys', async () => {
    const keys = Array.from({ length: 1_000_000 }, (_, index) => `"k${index}":${index}`)
    const answer = await post('/v1/edits', `{${keys.join(',')}}`)
    expect(answer.status).toBe(400)
    expect((await answer.text()).length).toBeLessThan(10_000)
    await expectService()
  })

  it('a million brackets, NULs and lone surrogates', async () => {
    expect((await post('/v1/edits', '['.repeat(MEBIBYTE))).status).toBe(400)
    const nul = { ...edit(), page: { id: 7, title: 'a\u0000b', namespace: 0 } }
    expect((await post('/v1/edits', JSON.stringify(nul))).status).toBe(400)
    expect((await post('/v1/edits', JSON.stringify({ ...edit(), text: '\ud83d' }))).status).toBe(400)
    const kept = { ...edit(), text: 'a NUL in a text \u0000 is a text' }
    expect((await post('/v1/edits', JSON.stringify(kept))).status).toBe(201)
    await expectService()
  })

  it('clients that send a byte at a time, in the head and in the body', async () => {
    const sockets = [
      drip('GET /v1/changes HTTP/1.1\r\n'),
      drip(`POST /v1/edits HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n`),
    ]
    await expectService()
    for (const stop of sockets) stop()
  })

  it('a filter with 100,000 titles, which works, and one that is too large, which is refused with the bound', async () => {
    const titles = Array.from({ length: 99_999 }, (_, index) => `Page ${index}`)
    const request = (title: string[]) =>
      JSON.stringify({ filter: { title }, parts: ['core'], from: 'latest' })
    const accepted = await post('/v1/changes', request([...titles, 'Rain']))
    expect(accepted.status).toBe(200)
    await accepted.body?.cancel()
    const refused = await post('/v1/changes', request([...titles, 'Rain', 'Snow', 'Hail']))
    expect(refused.status).toBe(413)
    expect(await refused.text()).toMatch(/100,?000/)
    await expectService()
  })

  it('filters that do not exist, and cursors that are not its own, each naming what to do', async () => {
    const refusal = async (query: string) => {
      const answer = await fetch(`${freshet.url}/v1/changes?${query}`)
      return [answer.status, await answer.text()] as const
    }
    const [status, text] = await refusal('wikki=enwiki')
    expect([status, text]).toEqual([400, expect.stringContaining('wikki')])
    expect(text).toContain('titlePrefix')
    expect((await refusal('from=nonsense'))[0]).toBe(400)
    const offsets = Array.from({ length: 10 }, () => '0').join('.')
    const [, other] = await refusal(`from=otherlog99~${offsets}~0000`)
    expect(other).toContain('cursor_')
    await expectService()
  })
})

/** Sends one byte every 50 ms until stopped. */
function drip(text: string): () => void {
  const { hostname, port } = new URL(freshet.url)
  const socket: Socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  let at = 0
  const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ''), 50)
  return () => {
    clearInterval(timer)
    socket.destroy()
  }
}

describe('a capture that is cut in the middle', () => {
  it('is read as far as it is whole; the rest is a dead letter, and the service goes on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-capture-'))
    try {
      const event = (id: number) => ({
        $schema: '/mediawiki/recentchange/1.0.0',
        meta: { domain: 'test.wikipedia.org', topic: 't', partition: 0, offset: id },
        ...{ type: 'edit', wiki: 'testwiki', title: 'Rain', namespace: 0, timestamp: 1_700_000_000 },
        revision: { old: id - 1, new: id },
      })
      const frame = (id: number) =>
        `event: message\nid: [{"topic":"t","partition":0,"offset":${id}}]\ndata: ${JSON.stringify(event(id))}\n\n`
      const path = join(folder, 'capture.sse')
      writeFileSync(path, `:ok\n\n${frame(1)}${frame(2)}${frame(3).slice(0, -60)}`)
      await using played = await FreshetProcess.start({
        log: EMBEDDED,
        options: ['--source', path, '--mediawiki-api', 'none'],
        dataDir: undefined,
        port: 0,
      })
      const changes = []
      for await (const frame of framesOf(
        `${played.url}/v1/changes?from=earliest`,
        AbortSignal.timeout(20_000),
      )) {
        if (frame.type === 'change') changes.push(frame.change.id)
        if (changes.length === 2) break
      }
      expect(changes).toEqual(['testwiki:1', 'testwiki:2'])
      const metrics = await (await fetch(`${played.url}/metrics`)).text()
      expect(metrics).toMatch(/freshet_ingest_dead_letters_total\{source="recording [^"]*"\} 1/)
      expect((await fetch(`${played.url}/readyz`)).status).toBe(200)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
