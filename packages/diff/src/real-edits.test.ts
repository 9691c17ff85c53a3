import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyPatch } from 'diff'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyDiff, diffTexts, invertDiff, type TextDiff, unifiedPatch } from './index.ts'
import { hasRealEdits, historyEdits, type RealEdit, wikipediaEdits } from './testing/real-edits.ts'

const sources: [string, () => RealEdit[]][] = [
  ['125 edits of Wikipedia', wikipediaEdits],
  ['the history of WebPlatform Docs', () => historyEdits('webplatform-docs')],
  ['the history of the Arabic React documentation', () => historyEdits('reactjs-ar')],
]

const has = (tool: string) => spawnSync(tool, ['--version']).status === 0
const throughJson = (diff: TextDiff): TextDiff => JSON.parse(JSON.stringify(diff))
const patchOf = ({ name, base, text }: RealEdit) => unifiedPatch(base, text, { oldName: name, newName: name })

describe.skipIf(!hasRealEdits).each(sources)('on every step of %s', (_, edits) => {
  it('a diff leads to the new text and its inverse back to the base', () => {
    for (const { name, base, text } of edits()) {
      const diff = throughJson(diffTexts(base, text))
      if (applyDiff(base, diff) !== text) expect.fail(`${name}: the diff leads elsewhere`)
      if (applyDiff(text, throughJson(invertDiff(base, diff))) !== base) expect.fail(`${name}: no way back`)
    }
  })

  it('jsdiff applies the patch', () => {
    for (const edit of edits()) {
      const patch = patchOf(edit)
      const patched =
        patch === '' ? edit.base : applyPatch(edit.base, patch, { autoConvertLineEndings: false })
      if (patched !== edit.text) expect.fail(`${edit.name}: the patch leads elsewhere`)
    }
  })

  describe('in one folder', () => {
    let folder = ''
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'freshet-edits-'))
    })
    afterEach(() => rmSync(folder, { recursive: true }))

    /** All patches in one file, for one run of the tool. */
    function expectPatched(command: string, args: string[]): void {
      const changed = edits().filter(({ base, text }) => base !== text)
      for (const { name, base } of changed) writeFileSync(join(folder, name), base)
      writeFileSync(join(folder, 'all.patch'), changed.map(patchOf).join(''))
      execFileSync(command, [...args, 'all.patch'], { cwd: folder, stdio: 'pipe' })
      for (const { name, text } of changed) {
        if (readFileSync(join(folder, name), 'utf8') !== text)
          expect.fail(`${name}: the patch leads elsewhere`)
      }
    }

    it.skipIf(!has('patch'))('GNU patch applies the patch', () => {
      expectPatched('patch', ['-s', '-p1', '-i'])
    })

    it.skipIf(!has('git'))('git apply applies the patch', () => {
      expectPatched('git', ['apply', '--whitespace=nowarn'])
    })
  })
})
