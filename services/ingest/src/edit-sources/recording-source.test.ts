import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Edit, EditInput } from '@freshet/events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Clock, systemClock } from '../clock.ts'
import { editSourceContract } from './edit-source.contract.ts'
import { ITEM_BYTES_MAX, type SourceItem } from './edit-source.ts'
import { LoopExhaustedError, PositionError, SourceFileError } from './edit-source-error.ts'
import { DATA_FOLDER, hasDataFolder } from './fixtures/data-folder.ts'
import { editInput } from './fixtures/edit-inputs.ts'
import { incompressible } from './fixtures/incompressible.ts'
import { canaryEvent, pageChangeEvent } from './fixtures/wikimedia-events.ts'
import { RecordingSource, type RecordingSourceOptions } from './recording-source.ts'

const never = new AbortController().signal
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'freshet-recording-'))
})
afterAll(() => rm(folder, { recursive: true }))

const KINDS: readonly [name: string, contents: (edits: number, paddingBytes: number) => Buffer][] = [
  ['lines', (edits, paddingBytes) => linesOf(edits, paddingBytes)],
  ['gzipped lines', (edits, paddingBytes) => gzipSync(linesOf(edits, paddingBytes))],
  ['a captured event stream', (edits, paddingBytes) => captureOf(edits, paddingBytes)],
  ['a gzipped event stream', (edits, paddingBytes) => gzipSync(captureOf(edits, paddingBytes))],
]
for (const [name, contents] of KINDS) {
  editSourceContract(`RecordingSource of ${name}`, {
    isFiniteSource: true,
    async start({ edits, paddingBytes }) {
      const file = await fileOf(contents(edits, paddingBytes))
      return { newSource: () => sourceOf(file), [Symbol.asyncDispose]: () => rm(file) }
    },
  })
}

describe('RecordingSource', () => {
  it('tells by the contents what a file is, not by its name', async () => {
    const file = path.join(folder, 'edits.txt')
    await writeFile(file, gzipSync(`\n${JSON.stringify(editInput(1))}\n`))
    expect(revisionIdsOf(await readAll(sourceOf(file)))).toEqual([1])
  })

  it('keeps lines that it cannot read, with what is wrong in each field, and goes on', async () => {
    const file = await fileOf([
      '{"half":',
      JSON.stringify({ ...editInput(1), kind: 'erase', editedAt: 'yesterday' }),
      '[]',
      Buffer.from([0x22, 0xff, 0x22]),
      'x'.repeat(ITEM_BYTES_MAX + 1),
      JSON.stringify(editInput(2)),
      '',
      JSON.stringify(pageChangeEvent({ revisionId: 3 })),
      JSON.stringify(canaryEvent()),
    ])
    const items = await readAll(sourceOf(file))
    expect(items.map(({ type }) => type)).toEqual([
      ...Array.from({ length: 5 }, () => 'unreadable'),
      'edit',
      'edit',
      'skipped',
    ])
    const reasons = items.map((item) => (item.type === 'unreadable' ? item.reason : ''))
    expect(reasons[0]).toContain('no JSON')
    expect(reasons[1]).toMatch(/kind: .*editedAt: /)
    expect(reasons[3]).toContain('UTF-8')
    expect(reasons[4]).toContain(`more than ${ITEM_BYTES_MAX} bytes`)
    expect(items[0]).toMatchObject({ raw: Buffer.from('{"half":') })
    expect(items[4]?.type === 'unreadable' && items[4].raw.length).toBeLessThan(100_000)
  })

  it('passes other wikis by', async () => {
    const file = await fileOf([
      JSON.stringify(editInput(1, { wiki: 'dewiki' })),
      JSON.stringify(editInput(2, { wiki: 'enwiki' })),
    ])
    const items = await readAll(sourceOf(file, { wikis: new Set(['enwiki']) }))
    expect(items.map((it) => (it.type === 'skipped' ? it.reason : it.type))).toEqual(['other_wiki', 'edit'])
  })

  it.for([
    ['lines', (whole: Buffer) => whole, linesOf(50, 0)],
    ['a capture', (whole: Buffer) => whole, captureOf(50, 0)],
    ['gzipped lines', gzipSync, linesOf(50, 0)],
    ['a gzipped capture', gzipSync, captureOf(50, 0)],
  ] as const)(
    'reads what is whole of %s cut off anywhere, and keeps the rest as one item',
    async ([, pack, whole]) => {
      const packed = pack(whole)
      for (let length = 30; length < packed.length; length += Math.ceil(packed.length / 60)) {
        const items = await readAll(sourceOf(await fileOf(packed.subarray(0, length))))
        const ids = revisionIdsOf(items)
        expect(ids).toEqual(ids.map((_, index) => index + 1))
        const others = items.slice(ids.length).map(({ type }) => type)
        expect(['', 'unreadable']).toContain(others.join())
        if (packed !== whole) expect(others).toEqual(['unreadable'])
      }
    },
  )

  it('refuses a file that is not there, and one of XML', async () => {
    await expect(readAll(sourceOf(path.join(folder, 'nothing')))).rejects.toThrow(SourceFileError)
    await expect(readAll(sourceOf(await fileOf(['<mediawiki/>'])))).rejects.toThrow(SourceFileError)
  })

  it('refuses a position behind the end of the file', async () => {
    const gzipped = await fileOf(gzipSync(linesOf(3, 0)))
    await expect(readAll(sourceOf(gzipped), '{"lap":0,"entry":4}')).rejects.toThrow(PositionError)
    const plain = await fileOf(linesOf(3, 0))
    await expect(readAll(sourceOf(plain), '{"lap":0,"entry":4,"byte":100000}')).rejects.toThrow(PositionError)
  })

  it('reads an empty file', async () => {
    const file = await fileOf('')
    expect(await readAll(sourceOf(file, { loop: true }))).toEqual([])
  })

  it('tells how far it is', async () => {
    const source = sourceOf(await fileOf(linesOf(3, 0)))
    for await (const _ of source.open(undefined, never)) expect(source.status().state).toBe('connected')
    expect(source.status()).toMatchObject({
      state: 'ended',
      detail: expect.stringContaining('entry 3 of lap 1'),
    })
  })
})

describe('RecordingSource in a loop', () => {
  const inputs: readonly EditInput[] = [
    editInput(10, {
      kind: 'create',
      revision: { id: 10, parentId: 0, timestamp: '2026-03-04T05:06:07Z' },
      page: { id: 5, title: 'A', namespace: 0 },
    }),
    editInput(12, {
      revision: { id: 12, parentId: 10 },
      priorRevision: { id: 10, parentId: 0, sizeBytes: 4 },
    }),
    editInput(15, {
      revision: { id: 15, parentId: 12, slots: { main: { model: 'wikitext', originRevisionId: 10 } } },
      revert: { revertedRevisionIds: [12], restoredRevisionId: 10 },
    }),
    editInput(15, { kind: 'delete', revision: null, page: { title: 'A', namespace: 0 } }),
  ]

  it('gives each lap ids and times of its own, and keeps what refers to what', async () => {
    const file = await fileOf(inputs.map((input) => JSON.stringify(input)))
    const edits = editsOf(await readSome(sourceOf(file, { loop: true }), undefined, 12))
    expect(new Set(edits.map(({ id }) => id)).size).toBe(12)
    const [created, edited, reverted, deleted] = edits.slice(8)
    const base = created?.revision?.id ?? 0
    expect(base).toBe(22)
    expect(created?.revision?.parentId).toBe(0)
    expect(edited?.revision).toMatchObject({ id: base + 2, parentId: base })
    expect(edited?.priorRevision).toEqual({ id: base, parentId: 0, sizeBytes: 4 })
    expect(reverted?.revert).toMatchObject({ revertedRevisionIds: [base + 2], restoredRevisionId: base })
    expect(reverted?.revision?.slots.main?.originRevisionId).toBe(base)
    expect(deleted).toMatchObject({ revision: null, page: { id: null, title: 'A' } })
    const times = edits.map(({ editedAt }) => Date.parse(editedAt))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  it('goes on from a position in a later lap with exactly the rest', async () => {
    for (const contents of [linesOf(6, 0), gzipSync(linesOf(6, 0))]) {
      const file = await fileOf(contents)
      const items = await readSome(sourceOf(file, { loop: true }), undefined, 20)
      for (const [index, { position }] of items.entries()) {
        const rest = await readSome(sourceOf(file, { loop: true }), position, 19 - index)
        expect(rest).toEqual(items.slice(index + 1))
      }
    }
  })

  it('tells what it cannot read once only', async () => {
    const file = await fileOf(['nonsense', JSON.stringify(editInput(1))])
    const items = await readSome(sourceOf(file, { loop: true }), undefined, 4)
    expect(items.map(({ type }) => type)).toEqual(['unreadable', 'edit', 'edit', 'edit'])
  })

  it('stops loudly where ids would no longer be exact', async () => {
    const revision = { id: Number.MAX_SAFE_INTEGER, parentId: 0 }
    const file = await fileOf([JSON.stringify(editInput(1, { revision }))])
    await expect(readAll(sourceOf(file, { loop: true }))).rejects.toThrow(LoopExhaustedError)
  })
})

describe('RecordingSource at the recorded pace', () => {
  const seconds = [0, 4, 3, 10]
  const inputs = seconds.map((second, index) =>
    JSON.stringify(editInput(index + 1, { editedAt: new Date(second * 1_000).toISOString() })),
  )

  it('waits between edits as long as it was, divided by the factor', async () => {
    const clock = new ManualClock()
    await readAll(sourceOf(await fileOf(inputs), { pace: 2, clock }))
    expect(clock.delaysMs).toEqual([2_000, 3_000])
  })

  it('goes from lap to lap at the same pace', async () => {
    const clock = new ManualClock()
    await readSome(sourceOf(await fileOf(inputs), { pace: 1, clock, loop: true }), undefined, 6)
    expect(clock.delaysMs).toEqual([4_000, 6_000, 1_000, 4_000])
  })

  it('goes by when an event was emitted, where that was recorded', async () => {
    const clock = new ManualClock()
    const events = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:09Z'].map((dt, index) => {
      const event = pageChangeEvent({ revisionId: index + 1, dt })
      return JSON.stringify({ ...event, dt: '2020-01-01T00:00:00Z' })
    })
    await readAll(sourceOf(await fileOf(events), { pace: 1, clock }))
    expect(clock.delaysMs).toEqual([9_000])
  })

  it('ends while it waits when the signal aborts', async () => {
    const aborting = new AbortController()
    const inputs = [editInput(1), editInput(2, { editedAt: '2030-01-01T00:00:00Z' })]
    const source = sourceOf(await fileOf(inputs.map((it) => JSON.stringify(it))), { pace: 1 })
    const items = source.open(undefined, aborting.signal)
    expect((await items.next()).value).toMatchObject({ type: 'edit' })
    const next = items.next()
    aborting.abort()
    expect((await next).done).toBe(true)
  })
})

describe.skipIf(!hasDataFolder)('RecordingSource on captures of Wikimedia (../shared/data)', () => {
  it.for([
    ['recentchange.sse.gz', 1_500],
    ['page-create.sse.gz', 41],
    ['revision-create-2021-09-30.sse.gz', 66],
  ] as const)('reads every event of %s', async ([name, events]) => {
    const items = await readAll(sourceOf(path.join(DATA_FOLDER, name)))
    // One of the captures ends within an event.
    const unreadable = items.flatMap((item) => (item.type === 'unreadable' ? [item.reason] : []))
    expect(unreadable.filter((reason) => !reason.includes('cut off'))).toEqual([])
    expect(items.length - unreadable.length).toBe(events)
    const ids = editsOf(items).map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('finds the 1,006 changes of pages in recentchange.sse.gz', async () => {
    const items = await readAll(sourceOf(path.join(DATA_FOLDER, 'recentchange.sse.gz')))
    expect(editsOf(items)).toHaveLength(1_006)
  })
})

class ManualClock implements Clock {
  readonly delaysMs: number[] = []
  #nowMs = 0

  now(): number {
    return this.#nowMs
  }

  async sleep(delayMs: number): Promise<void> {
    this.delaysMs.push(delayMs)
    this.#nowMs += delayMs
  }
}

function sourceOf(file: string, options: Partial<RecordingSourceOptions> = {}): RecordingSource {
  const defaults = { pace: 'as-fast-as-possible', loop: false, wikis: undefined, clock: systemClock } as const
  return new RecordingSource({ path: file, ...defaults, ...options })
}

let files = 0
async function fileOf(contents: string | Buffer | readonly (string | Buffer)[]): Promise<string> {
  files += 1
  const file = path.join(folder, `recording-${files}`)
  const lines = Array.isArray(contents)
    ? contents.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])
    : []
  await writeFile(file, Array.isArray(contents) ? Buffer.concat(lines) : (contents as string | Buffer))
  return file
}

function linesOf(edits: number, paddingBytes: number): Buffer {
  const lines = Array.from({ length: edits }, (_, index) => {
    return `${JSON.stringify(editInput(index + 1, { text: incompressible(index, paddingBytes) }))}\n`
  })
  return Buffer.from(lines.join(''))
}

function captureOf(edits: number, paddingBytes: number): Buffer {
  const frames = Array.from({ length: edits }, (_, index) => {
    const comment = incompressible(index, Math.min(paddingBytes, 20_000))
    const event = pageChangeEvent({ revisionId: index + 1, comment })
    const id = JSON.stringify([{ topic: 'eqiad.example', partition: 0, timestamp: index + 1 }])
    return `event: message\nid: ${id}\ndata: ${JSON.stringify(event)}\n\n`
  })
  return Buffer.from(`:ok\n\n${frames.join('')}`)
}

function readAll(source: RecordingSource, position?: string): Promise<SourceItem[]> {
  return Array.fromAsync(source.open(position, never))
}

async function readSome(source: RecordingSource, position: undefined | string, count: number) {
  const items: SourceItem[] = []
  if (count === 0) return items
  for await (const item of source.open(position, never)) {
    items.push(item)
    if (items.length === count) break
  }
  return items
}

function editsOf(items: readonly SourceItem[]): readonly Edit[] {
  return items.flatMap((item) => (item.type === 'edit' ? [item.edit] : []))
}

function revisionIdsOf(items: readonly SourceItem[]): readonly number[] {
  return editsOf(items).map(({ revision }) => revision?.id ?? 0)
}
