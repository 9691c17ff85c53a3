import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Edit } from '@freshet/events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { editSourceContract } from './edit-source.contract.ts'
import type { SourceItem } from './edit-source.ts'
import { PositionError, SourceFileError } from './edit-source-error.ts'
import { TWO_EXPORT_STREAMS } from './fixtures/bzip2.ts'
import { DATA_FOLDER, hasDataFolder } from './fixtures/data-folder.ts'
import { EXPORT, exportOf, OLD_EXPORT } from './fixtures/export.ts'
import { incompressible } from './fixtures/incompressible.ts'
import { XmlExportSource } from './xml-export-source.ts'

const never = new AbortController().signal
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'freshet-export-'))
})
afterAll(() => rm(folder, { recursive: true }))

const COMPRESSIONS: readonly [name: string, isHere: boolean, compress: (xml: string) => string | Buffer][] = [
  ['plain XML', true, (xml) => xml],
  ['gzip', true, (xml) => gzipSync(xml)],
  ['bzip2', hasBzip2(), (xml) => execFileSync('bzip2', { input: xml, maxBuffer: 2 ** 28 })],
]
for (const [name, isHere, compress] of COMPRESSIONS) {
  if (!isHere) continue
  editSourceContract(`XmlExportSource of ${name}`, {
    isFiniteSource: true,
    async start({ edits, paddingBytes }) {
      const file = await fileOf(compress(exportOf(edits, (id) => incompressible(id, paddingBytes))))
      return { newSource: () => sourceOf(file), [Symbol.asyncDispose]: () => rm(file) }
    },
  })
}

describe('XmlExportSource', () => {
  it('reads revisions as the edits that made them', async () => {
    const [first, second, third, fourth] = await editsOf(EXPORT)
    expect(first).toMatchObject({
      id: 'examplewiki:6000000001',
      kind: 'create',
      wiki: 'examplewiki',
      domain: 'wiki.example.org',
      page: { id: 5_000_000_001, title: 'Old name', namespace: 0, isRedirect: false },
      revision: {
        id: 6_000_000_001,
        parentId: 0,
        timestamp: '2026-01-02T03:04:05Z',
        sizeBytes: 22,
        sha1: '0000000000000000000000000000001',
        isMinor: false,
        contentModel: 'wikitext',
        slots: { main: { model: 'wikitext', format: 'text/x-wiki', originRevisionId: 6_000_000_001 } },
      },
      priorRevision: null,
      performer: { kind: 'registered', name: 'Ann Example', id: 12 },
      comment: 'first & <only>',
      editedAt: '2026-01-02T03:04:05Z',
      text: 'A & B <nowiki/>\nß🌍',
    })
    expect(second).toMatchObject({
      kind: 'edit',
      page: { isRedirect: true, redirectTarget: 'Other name' },
      revision: {
        parentId: 6_000_000_001,
        isMinor: true,
        comment: '',
        slots: { main: { sizeBytes: 24 }, mediainfo: { model: 'wikibase-mediainfo', sizeBytes: 2 } },
      },
      priorRevision: {
        id: 6_000_000_001,
        parentId: 0,
        sizeBytes: 22,
        sha1: '0000000000000000000000000000001',
      },
      performer: { kind: 'anonymous', name: '192.0.2.7', id: null },
      text: '#REDIRECT [[Other_name]]',
    })
    expect(third).toMatchObject({
      page: { isRedirect: true, redirectTarget: 'New name' },
      revision: {
        sizeBytes: null,
        sha1: null,
        isContentVisible: false,
        isEditorVisible: false,
        isCommentVisible: false,
      },
      performer: null,
      comment: null,
      text: null,
    })
    expect(fourth).toMatchObject({
      kind: 'edit',
      page: { title: 'Talk:New name', namespace: 1, isRedirect: false },
      revision: { sizeBytes: 0 },
      priorRevision: { id: 39 },
      performer: { kind: 'temporary' },
      text: '',
    })
  })

  it('works out what old dumps do not tell', async () => {
    const [first, second] = await editsOf(OLD_EXPORT)
    expect(first).toMatchObject({
      kind: 'create',
      wiki: 'dewiktionary',
      project: 'wiktionary',
      language: 'de',
      page: { title: 'Diskussion:Haus: groß', namespace: 1 },
      revision: { parentId: 0, sha1: null, contentModel: null, slots: {} },
      performer: { kind: 'anonymous' },
    })
    expect(second).toMatchObject({
      kind: 'edit',
      revision: { parentId: 10 },
      priorRevision: { id: 10, sizeBytes: 4 },
      performer: { kind: 'registered', name: 'en>Imported' },
    })
  })

  it('takes the text of a stub as not carried', async () => {
    const [edit] = await editsOf(
      exportOf(1, () => 'x').replace(/<text.*<\/text>/, '<text bytes="9" id="1"/>'),
    )
    expect(edit).toMatchObject({ text: null, revision: { sizeBytes: 9, isContentVisible: true } })
  })

  it('keeps a revision that it cannot read, with what is wrong, and goes on', async () => {
    const broken = exportOf(4, (id) => `text ${id}`)
      .replace('<id>2</id><parentid>1</parentid>', '<id>two</id><parentid>1</parentid>')
      .replace('text 3', 'te\u0001xt 3')
    const items = await readAll(sourceOf(await fileOf(broken)))
    expect(items.map(({ type }) => type)).toEqual(['edit', 'unreadable', 'unreadable', 'edit'])
    expect(items[1]).toMatchObject({ reason: expect.stringContaining('revision.id') })
    expect(items[2]).toMatchObject({ reason: expect.stringContaining('disallowed character') })
  })

  it.for([
    ['plain', (xml: string) => Buffer.from(xml)],
    ['gzipped', (xml: string) => gzipSync(xml)],
  ] as const)(
    'reads what is whole of a %s dump cut off anywhere, and keeps the rest as one item',
    async ([, pack]) => {
      const whole = pack(exportOf(20, (id) => incompressible(id, 100)))
      for (let length = 100; length < whole.length - 20; length += Math.ceil(whole.length / 60)) {
        const items = await readAll(sourceOf(await fileOf(whole.subarray(0, length))))
        const ids = items.flatMap((it) => (it.type === 'edit' ? [it.edit.revision?.id] : []))
        expect(ids).toEqual(ids.map((_, index) => index + 1))
        expect(items.slice(ids.length).map(({ type }) => type)).toEqual(['unreadable'])
      }
    },
  )

  it('reads several bzip2 streams in a row as one dump', async () => {
    const items = await readAll(sourceOf(await fileOf(TWO_EXPORT_STREAMS)))
    expect(items.map((it) => (it.type === 'edit' ? it.edit.id : it.type))).toEqual([
      'examplewiki:1',
      'examplewiki:2',
    ])
  })

  it('refuses XML that is no export, and a file that is not there', async () => {
    await expect(readAll(sourceOf(await fileOf('<html><p>Not found</p></html>')))).rejects.toThrow(
      'its root is <html>',
    )
    await expect(readAll(sourceOf(path.join(folder, 'nothing.xml')))).rejects.toThrow(SourceFileError)
  })

  it('refuses a position behind the end of the dump', async () => {
    const file = await fileOf(exportOf(2, () => 'x'))
    await expect(readAll(sourceOf(file), '{"page":1,"revision":3}')).rejects.toThrow(PositionError)
  })

  it('passes the dump of another wiki by', async () => {
    const source = sourceOf(await fileOf(exportOf(2, () => 'x')), new Set(['enwiki']))
    expect((await readAll(source)).map(({ type }) => type)).toEqual(['skipped', 'skipped'])
  })

  it('tells how far it is, in bytes, pages and revisions', async () => {
    const source = sourceOf(await fileOf(EXPORT))
    await readAll(source)
    const bytes = Buffer.byteLength(EXPORT)
    expect(source.status().detail).toContain(`${bytes} of ${bytes} bytes, 2 pages, 4 revisions`)
    const items = await readAll(source)
    await readAll(source, items.at(-1)?.position)
    expect(source.status().detail).toContain('finding the position')
  })
})

describe.skipIf(!hasDataFolder)('XmlExportSource on real dumps (../shared/data)', () => {
  it('reads 206 pages of a bzip2 dump, each text with the digest that the dump gives', async () => {
    const edits = await editsOfFile('enwiki-pages-articles-206.xml.bz2')
    expect(edits).toHaveLength(206)
    for (const { revision, text } of edits) expect(revision?.sha1).toBe(sha1Base36(text ?? ''))
  })

  it('reads a history with hidden texts, comments and editors', async () => {
    const edits = await editsOfFile('MediawikiDumperOutputTest.Simplewiki.Sample.xml')
    expect(edits).toHaveLength(33)
    for (const { revision, text } of edits) {
      expect(revision?.isContentVisible).toBe(text !== null)
      if (text !== null) expect(revision?.sha1).toBe(sha1Base36(text))
    }
    expect(edits.filter(({ performer }) => performer === null)).toHaveLength(4)
  })

  it('reads a gzipped history of two pages', async () => {
    const edits = await editsOfFile('enwiki-history-tiny.xml.gz')
    expect(edits).toHaveLength(106)
    // The second page's history begins with a revision whose parent is not in the dump.
    expect(edits.flatMap(({ kind, page }) => (kind === 'create' ? [page.title] : []))).toHaveLength(1)
    expect(edits.every(({ wiki }) => wiki === 'enwiki')).toBe(true)
  })
})

function sourceOf(file: string, wikis?: ReadonlySet<string>): XmlExportSource {
  return new XmlExportSource({ path: file, wikis })
}

let files = 0
async function fileOf(contents: string | Buffer): Promise<string> {
  files += 1
  const file = path.join(folder, `export-${files}`)
  await writeFile(file, contents)
  return file
}

function readAll(source: XmlExportSource, position?: string): Promise<SourceItem[]> {
  return Array.fromAsync(source.open(position, never))
}

async function editsOf(xml: string): Promise<readonly Edit[]> {
  return onlyEdits(await readAll(sourceOf(await fileOf(xml))))
}

async function editsOfFile(name: string): Promise<readonly Edit[]> {
  return onlyEdits(await readAll(sourceOf(path.join(DATA_FOLDER, name))))
}

function onlyEdits(items: readonly SourceItem[]): readonly Edit[] {
  return items.map((item) => {
    if (item.type !== 'edit') throw new Error(item.type === 'unreadable' ? item.reason : item.type)
    return item.edit
  })
}

function sha1Base36(text: string): string {
  return BigInt(`0x${hash('sha1', text)}`)
    .toString(36)
    .padStart(31, '0')
}

function hasBzip2(): boolean {
  try {
    execFileSync('bzip2', { input: '' })
    return true
  } catch {
    return false
  }
}
