import { applyPatch } from 'diff'
import { describe, expect, it } from 'vitest'
import { applyDiff, compareTexts, diffSections, diffTexts, unifiedPatch } from './index.ts'
import { expectTrueLines, expectValidCompare } from './testing/compare-reading.ts'
import { WORST_CASES } from './testing/worst-cases.ts'

// How long they take and how much memory is measured by test/benchmarks/diff.bench.ts.
describe.each(WORST_CASES)('$name', ({ make }) => {
  const [base, text] = make()

  it('has a diff that leads to the new text and is no longer than that', () => {
    const diff = diffTexts(base, text)
    expect(applyDiff(base, diff) === text).toBe(true)
    expect(JSON.stringify(diff).length).toBeLessThan(JSON.stringify(text).length + 300)
  })

  it('has a patch that leads to the new text', () => {
    const patch = unifiedPatch(base, text, { oldName: 'Page', newName: 'Page' })
    expect(applyPatch(base, patch, { autoConvertLineEndings: false }) === text).toBe(true)
  })

  it('has a comparison that tells the true lines, or none', () => {
    const compare = compareTexts(base, text, { from: 1, to: 2 })
    if (compare === undefined) return
    expectValidCompare(compare)
    expectTrueLines(compare, base, text)
  })

  it('has its lines counted by section', () => {
    expect(diffSections(base, text)).toMatchObject([{ changes: ['edited'], path: [] }])
  })
})
