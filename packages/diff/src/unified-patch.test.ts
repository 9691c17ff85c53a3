import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyPatch } from 'diff'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { editedTexts } from './testing/edited-texts.ts'
import { unifiedPatch } from './unified-patch.ts'

const NAMES = { oldName: 'Page', newName: 'Page' }
const has = (tool: string) => spawnSync(tool, ['--version']).status === 0

/** Texts as a wiki stores them: what has a UTF-8 form. */
const storableTexts = editedTexts.map(([base, text]): [string, string] => [
  base.toWellFormed(),
  text.toWellFormed(),
])

describe('unifiedPatch', () => {
  it('marks a last line that no newline ends', () => {
    expect(unifiedPatch('a\nb', 'a\nb\n', NAMES)).toBe(
      '--- a/Page\n+++ b/Page\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n',
    )
  })

  it('shows three lines of context, in one hunk where they would touch', () => {
    const base = Array.from({ length: 30 }, (_, line) => `line ${line}`)
    const patch = unifiedPatch(
      base.join('\n'),
      base.with(3, 'x').with(10, 'y').with(20, 'z').join('\n'),
      NAMES,
    )
    expect(patch.match(/^@@.*@@$/gm)).toEqual(['@@ -1,14 +1,14 @@', '@@ -18,7 +18,7 @@'])
  })

  it('is empty when there is no difference', () => {
    expect(unifiedPatch('same\n', 'same\n', NAMES)).toBe('')
  })

  it('makes one path segment of any title', () => {
    const patch = unifiedPatch('a', 'b', { oldName: '../AC/DC "live" 100%', newName: 'Ångström\\\t' })
    expect(patch.split('\n').slice(0, 2)).toEqual([
      '--- a/%2E%2E%2FAC%2FDC_%22live%22_100%25',
      '+++ b/Ångström%5C%09',
    ])
  })

  it('is applied by jsdiff', () => {
    fc.assert(
      fc.property(editedTexts, ([base, text]) => {
        const patch = unifiedPatch(base, text, NAMES)
        if (patch !== '') expect(applyPatch(base, patch, { autoConvertLineEndings: false })).toBe(text)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('unifiedPatch, given to the tools it is for', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'freshet-patch-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function patchedBy(command: string, args: string[], base: string, patch: string): string {
    writeFileSync(join(folder, 'Page'), base)
    writeFileSync(join(folder, 'x.patch'), patch)
    execFileSync(command, [...args, 'x.patch'], { cwd: folder, stdio: 'pipe' })
    return readFileSync(join(folder, 'Page'), 'utf8')
  }

  it.skipIf(!has('patch'))('is applied by GNU patch', () => {
    fc.assert(
      fc.property(storableTexts, ([base, text]) => {
        const patch = unifiedPatch(base, text, NAMES)
        if (patch !== '') expect(patchedBy('patch', ['-s', '-p1', '-i'], base, patch)).toBe(text)
      }),
      { numRuns: 150 },
    )
  })

  it.skipIf(!has('patch') || !has('git')).each([
    ['patch', ['-s', '-p1', '-i']],
    ['git', ['apply']],
  ])('creates and deletes the page with %s', (command, args) => {
    const page = join(folder, 'New_page')
    const run = (patch: string) => {
      writeFileSync(join(folder, 'x.patch'), patch)
      execFileSync(command, [...args, 'x.patch'], { cwd: folder, stdio: 'pipe' })
    }
    run(unifiedPatch('', 'one\ntwo', { oldName: undefined, newName: 'New page' }))
    expect(readFileSync(page, 'utf8')).toBe('one\ntwo')
    run(unifiedPatch('one\ntwo', '', { oldName: 'New page', newName: undefined }))
    expect(existsSync(page)).toBe(false)
  })

  it.skipIf(!has('git'))('is applied by git apply', () => {
    fc.assert(
      fc.property(storableTexts, ([base, text]) => {
        const patch = unifiedPatch(base, text, NAMES)
        if (patch !== '') expect(patchedBy('git', ['apply', '--whitespace=nowarn'], base, patch)).toBe(text)
      }),
      { numRuns: 150 },
    )
  })
})
