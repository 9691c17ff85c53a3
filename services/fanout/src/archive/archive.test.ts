import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { InMemoryChangeLog } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import Fastify from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FANOUT_SETTINGS } from '../config.ts'
import { Fanout } from '../fanout.ts'
import { changeRecord, changesTopic } from '../testing/change-records.ts'
import { Archive } from './archive.ts'
import { ArchiveBuilder } from './archive-builder.ts'
import { archiveRoutes } from './archive-routes.ts'
import type { SegmentDescription } from './segment.ts'
import { SegmentFolder } from './segment-folder.ts'

const WINDOW_MS = 60_000
const LAYOUT = { windowMs: WINDOW_MS, recordsMax: 7, parts: ['core', 'diff'] } as const
const START_MS = Date.parse('2026-03-04T05:00:00Z')
const PAGES = 5

interface Frame {
  readonly type: string
  readonly cursor: string
  readonly reason: string
  readonly change: { readonly id: string }
}

interface Listed {
  readonly url: string
  readonly from: string
  readonly to: string
  readonly bytes: number
  readonly textBytes: number
  readonly changes: number
  readonly sha256: string
}

async function openArchive(bytesMax = Number.POSITIVE_INFINITY) {
  let nowMs = START_MS
  const log = new InMemoryChangeLog(() => nowMs)
  await log.ensureTopics([changesTopic(3, undefined)])
  const directory = mkdtempSync(join(tmpdir(), 'freshet-archive-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const folder = new SegmentFolder(directory, log.id, LAYOUT)
  await folder.prepare()
  const [built, removed]: SegmentDescription[][] = [[], []]
  const builder = new ArchiveBuilder({
    log,
    folder,
    layout: { ...LAYOUT, parts: ['core', 'diff'] },
    bytesMax,
    onBuilt: (segment) => built?.push(segment),
    onRemoved: (segment) => removed?.push(segment),
  })
  let appended = 0
  return {
    log,
    directory,
    built: built ?? [],
    removed: removed ?? [],
    append: async (count: number) => {
      for (let left = count; left > 0; left--) {
        const number = appended++
        await log.append([changeRecord(`c${number}`, { page: number % PAGES }, 100)])
      }
    },
    /** Time goes on by so many windows. */
    pass: (windows: number) => {
      nowMs += windows * WINDOW_MS
    },
    build: () => builder.build(nowMs, new AbortController().signal),
  }
}

async function serve(log: InMemoryChangeLog, directory: string) {
  const fanout = new Fanout({ log, settings: FANOUT_SETTINGS.schema.parse({}) })
  await fanout.start()
  const app = Fastify()
  fanout.register(app)
  archiveRoutes(app, new Archive({ log, directory, layout: LAYOUT }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(async () => {
    await fanout[Symbol.asyncDispose]()
    await app.close()
  })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  return {
    url,
    list: async (query = ''): Promise<readonly Listed[]> => {
      const answer = await fetch(`${url}/v1/archive${query}`)
      expect(answer.status).toBe(200)
      return ((await answer.json()) as { segments: readonly Listed[] }).segments
    },
    stream: async (query: string) => framesIn(await textOf(`${url}/v1/changes?${query}`)),
  }
}

async function textOf(url: string): Promise<string> {
  const answer = await fetch(url, { headers: { accept: 'application/x-ndjson' } })
  expect(answer.status).toBe(200)
  return answer.text()
}

async function download(url: string): Promise<readonly Frame[]> {
  const answer = await fetch(url)
  expect(answer.status).toBe(200)
  return framesIn(zstdDecompressSync(Buffer.from(await answer.arrayBuffer())).toString())
}

function framesIn(text: string): readonly Frame[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

function idsIn(frames: readonly Frame[]): readonly string[] {
  return frames.filter(({ type }) => type === 'change').map(({ change }) => change.id)
}

function numbers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, number) => `c${number}`)
}

describe('the archive', () => {
  it('fetched in parallel, and followed by the stream from where it ends, is the uncut stream', async () => {
    const { log, directory, append, pass, build } = await openArchive()
    for (const count of [20, 0, 33, 1]) {
      await append(count)
      pass(1)
    }
    pass(1)
    await build()
    const { url, list, stream } = await serve(log, directory)
    await append(9)

    const segments = await list()
    expect(segments.length).toBeGreaterThan(6)
    for (const [index, { from }] of segments.entries()) {
      if (index > 0) expect(from).toBe(segments[index - 1]?.to)
    }
    const archived = (await Promise.all(segments.map((segment) => download(url + segment.url)))).flat()
    const rest = await stream(`until=latest&from=${segments.at(-1)?.to}`)
    const ids = [...idsIn(archived), ...idsIn(rest)]
    expect(idsIn(archived)).toHaveLength(54)
    expect(idsIn(rest)).toHaveLength(9)
    expect(ids.toSorted()).toEqual(numbers(63).toSorted())
    for (let page = 0; page < PAGES; page++) {
      const ofPage = ids.map((id) => Number(id.slice(1))).filter((number) => number % PAGES === page)
      expect(ofPage).toEqual(ofPage.toSorted((a, b) => a - b))
    }
  })

  it('has the cursor of every change: the stream goes on from any of them', async () => {
    const { log, directory, append, pass, build } = await openArchive()
    await append(20)
    pass(2)
    await build()
    const { url, list, stream } = await serve(log, directory)
    const segments = await Promise.all((await list()).map((segment) => download(url + segment.url)))
    const frames = segments.flat()
    for (const [index, { cursor }] of frames.entries()) {
      const rest = await stream(`until=latest&from=${cursor}`)
      expect(idsIn(rest).toSorted()).toEqual(idsIn(frames.slice(index + 1)).toSorted())
    }
  })

  it('leaves out a stretch of time that is not over, and is listed by time and by cursor', async () => {
    const { log, directory, append, pass, build } = await openArchive()
    for (let window = 0; window < 3; window++) {
      await append(5)
      pass(1)
    }
    await build()
    const { list } = await serve(log, directory)
    // The last one has passed, but a late commit might still come.
    const all = await list()
    expect(all.reduce((sum, { changes }) => sum + changes, 0)).toBe(10)
    const second = new Date(START_MS + WINDOW_MS).toISOString()
    expect(await list(`?until=${second}`)).toEqual(all.filter(({ url }) => url.includes('T050000Z')))
    expect(await list(`?from=${second}`)).toEqual(all.filter(({ url }) => url.includes('T050100Z')))
    expect(await list(`?from=${all[0]?.to}`)).toEqual(all.slice(1))
  })

  it('is made again, byte for byte, when it is lost', async () => {
    const { log, directory, built, append, pass, build } = await openArchive()
    await append(30)
    pass(2)
    await build()
    const before = built.splice(0)
    for (const { name } of before) rmSync(join(directory, folderName(log.id), name), { force: true })
    for (const { name } of before)
      rmSync(join(directory, folderName(log.id), `${name}.json`), { force: true })
    await build()
    expect(built).toEqual(before)
    await build()
    expect(built).toEqual(before)
  })

  it('lets the oldest segments go past its bound on bytes, and does not make them again', async () => {
    const { built, removed, append, pass, build } = await openArchive(1_500)
    for (let window = 0; window < 6; window++) {
      await append(7)
      pass(1)
    }
    pass(1)
    await build()
    const kept = built.filter(({ name }) => !removed.some((segment) => segment.name === name))
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(1_500)
    const oldestKept = Math.min(...kept.map(({ startMs }) => startMs))
    for (const { startMs } of removed) expect(startMs).toBeLessThanOrEqual(oldestKept)
    const count = built.length
    await build()
    expect(built).toHaveLength(count)
  })

  it('follows the retention of the log', async () => {
    const { log, built, removed, append, pass, build } = await openArchive()
    await append(10)
    pass(2)
    await append(10)
    pass(2)
    await build()
    expect(removed).toEqual([])
    await log.ensureTopics([changesTopic(3, 2_000)])
    await log.sweep()
    const kept = (await log.bounds(CHANGES_TOPIC)).some(({ earliest }) => earliest > 0n)
    expect(kept).toBe(true)
    const before = built.length
    await build()
    expect(removed.length).toBeGreaterThan(0)
    expect(built).toHaveLength(before)
  })

  it('tells in its place of a record that cannot be read', async () => {
    const { log, directory, append, pass, build } = await openArchive()
    await append(3)
    await log.append([{ ...changeRecord('damaged', { page: 1 }), headers: {} }])
    await append(3)
    pass(2)
    await build()
    const { url, list } = await serve(log, directory)
    const frames = (await Promise.all((await list()).map((segment) => download(url + segment.url)))).flat()
    expect(idsIn(frames).toSorted()).toEqual(numbers(6))
    expect(frames.filter(({ type }) => type === 'gap')).toMatchObject([{ reason: 'unreadable' }])
  })
})

function folderName(logId: string): string {
  return `${logId}-${LAYOUT.windowMs}-${LAYOUT.recordsMax}-${LAYOUT.parts.join('+')}`
}

describe('a segment over HTTP', () => {
  async function oneSegment() {
    const { log, directory, append, pass, build } = await openArchive()
    await append(3)
    pass(2)
    await build()
    const { url, list } = await serve(log, directory)
    const [segment] = await list()
    if (segment === undefined) throw new Error('no segment')
    const whole = await fetch(url + segment.url)
    const bytes = Buffer.from(await whole.arrayBuffer())
    return { url: url + segment.url, archiveUrl: `${url}/v1/archive`, segment, whole, bytes }
  }

  it('may be kept for ever by anybody, and says how large it is', async () => {
    const { whole, bytes, segment } = await oneSegment()
    expect(whole.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(whole.headers.get('etag')).toBe(`"${segment.sha256}"`)
    expect(bytes).toHaveLength(segment.bytes)
    expect(zstdDecompressSync(bytes)).toHaveLength(segment.textBytes)
  })

  it('is given in ranges', async () => {
    const { url, bytes, whole } = await oneSegment()
    const etag = whole.headers.get('etag') ?? ''
    const part = await fetch(url, { headers: { range: 'bytes=5-14', 'if-range': etag } })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe(`bytes 5-14/${bytes.length}`)
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(5, 15))
    const other = await fetch(url, { headers: { range: 'bytes=5-14', 'if-range': '"other"' } })
    expect(other.status).toBe(200)
    await other.arrayBuffer()
    const beyond = await fetch(url, { headers: { range: `bytes=${bytes.length}-` } })
    expect(beyond.status).toBe(416)
    expect(beyond.headers.get('content-range')).toBe(`bytes */${bytes.length}`)
    expect(beyond.headers.get('cache-control')).toBe('no-store')
  })

  it('is not sent again to those who have it, nor to those who only ask about it', async () => {
    const { url, bytes, whole } = await oneSegment()
    const known = await fetch(url, { headers: { 'if-none-match': whole.headers.get('etag') ?? '' } })
    expect(known.status).toBe(304)
    const head = await fetch(url, { method: 'HEAD' })
    expect(head.headers.get('content-length')).toBe(String(bytes.length))
    expect(await head.text()).toBe('')
  })

  it('that does not exist, or a place that does not, is refused with a reason that nobody keeps', async () => {
    const { archiveUrl } = await oneSegment()
    for (const [path, status, code] of [
      ['/20260304T050000Z-0-0123456789abcdef.ndjson.zst', 404, 'not_found'],
      ['/..%2F..%2Fetc%2Fpasswd', 404, 'not_found'],
      ['?from=yesterday', 400, 'invalid_range'],
      ['?from=abcdef~0~0000', 400, 'cursor_malformed'],
      ['?form=2026-01-01', 400, 'invalid_request'],
    ] as const) {
      const answer = await fetch(archiveUrl + path)
      expect(answer.status).toBe(status)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(await answer.json()).toMatchObject({ error: { code } })
    }
  })
})
