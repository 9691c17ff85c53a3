import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chunksOf, readPage } from './index.ts'
import { sha256Base64url as nodeSha256 } from './sha256.node.ts'
import { sha256Base64url as browserSha256 } from './sha256.ts'
import { otherNode } from './testing/node-versions.ts'
import { writePlainJavaScript } from './testing/plain-javascript.ts'
import { hasRealData, wikipediaPairs } from './testing/real-histories.ts'
import { SAMPLE_HISTORY } from './testing/sample-history.ts'

interface Text {
  readonly language: string
  readonly text: string
}

const texts: readonly Text[] = [
  ...SAMPLE_HISTORY.map((text) => ({ language: 'en', text })),
  ...(hasRealData ? wikipediaPairs() : []),
]

/** Reads texts from the file that it is given, writes a digest of all their chunks. */
const PROGRAM = `
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { chunksOf, readPage } from './index.js'
const hash = createHash('sha256')
for (const { language, text } of JSON.parse(readFileSync(process.argv[2], 'utf8')))
  hash.update(JSON.stringify(chunksOf(readPage(text, { contentModel: 'wikitext', language, cache: undefined }))))
console.log(hash.digest('hex'))
`

function digestHere(): string {
  const hash = createHash('sha256')
  for (const { language, text } of texts) {
    const page = readPage(text, { contentModel: 'wikitext', language, cache: undefined })
    hash.update(JSON.stringify(chunksOf(page)))
  }
  return hash.digest('hex')
}

describe('ids, paths and texts of chunks', () => {
  const other = otherNode()
  let folder = ''
  beforeAll(() => {
    folder = writePlainJavaScript()
    writeFileSync(join(folder, 'program.js'), PROGRAM)
    writeFileSync(join(folder, 'texts.json'), JSON.stringify(texts))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const digestOf = (node: string) =>
    execFileSync(node, ['program.js', 'texts.json'], { cwd: folder, encoding: 'utf8' }).trim()

  it('are the same in a fresh process', () => {
    expect(digestOf(process.execPath)).toBe(digestHere())
  })

  it.skipIf(other === undefined)(
    `are the same on another Node (${other?.version ?? 'none is there'})`,
    () => {
      expect(digestOf(other?.path ?? '')).toBe(digestHere())
    },
  )
})

describe('in a browser', () => {
  it('the digest is the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(browserSha256(text)).toBe(nodeSha256(text))
      }),
    )
  })

  it('nothing is imported that only Node has', () => {
    const files = readdirSync(import.meta.dirname).filter((name) => /^[^.]+\.ts$/.test(name))
    expect(files).toContain('index.ts')
    const imported = files.filter((name) =>
      readFileSync(join(import.meta.dirname, name), 'utf8').includes("'node:"),
    )
    expect(imported).toEqual([])
  })
})
