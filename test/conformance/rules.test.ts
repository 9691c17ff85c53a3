import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CODES, GAP_REASONS, PARTS } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const protocol = readFileSync(join(root, 'packages/protocol/PROTOCOL.md'), 'utf8')
const RULE = /R-\d+/g

/** The number of each rule, and its text up to the next one. */
const rules = protocol
  .split(/^- \*\*(?=R-\d+\*\*)/m)
  .slice(1)
  .map((text) => ({ number: text.match(RULE)?.[0] ?? '', text }))

function quotedRules(): Set<string> {
  const files = globSync(
    '{test/conformance,packages/protocol/src,services/fanout/src}/**/*.{test,conformance}.ts',
    { cwd: root },
  )
  const titles = files.flatMap(
    (file) => readFileSync(join(root, file), 'utf8').match(/['"]R-[\dR -]+:/g) ?? [],
  )
  return new Set(titles.flatMap((title) => title.match(RULE) ?? []))
}

describe('PROTOCOL.md', () => {
  it('numbers its rules without a gap and without a repeat', () => {
    expect(rules.map(({ number }) => number)).toEqual(rules.map((_, index) => `R-${index + 1}`))
  })

  it('has a test that quotes each rule that says MUST', () => {
    const quoted = quotedRules()
    const untested = rules
      .filter(({ text }) => text.includes('MUST'))
      .map(({ number }) => number)
      .filter((number) => !quoted.has(number))
    expect(untested).toEqual([])
  })

  it('is quoted by number only where the number exists', () => {
    const existing = new Set(rules.map(({ number }) => number))
    expect([...quotedRules()].filter((number) => !existing.has(number))).toEqual([])
    expect((protocol.match(RULE) ?? []).filter((number) => !existing.has(number))).toEqual([])
  })

  it('has a heading with its numbers for every code, and for no other', () => {
    const section = protocol.slice(protocol.indexOf('## 12. Codes'), protocol.indexOf('## 13.'))
    const headings = [...section.matchAll(/^### (\w+)\n+(.*)$/gm)].map(([, code, first]) => ({ code, first }))
    expect(headings.map(({ code }) => code)).toEqual(Object.keys(CODES))
    for (const { code, first } of headings) {
      const { httpStatus, closeCode } = CODES[code as keyof typeof CODES]
      if (httpStatus !== undefined) expect(first).toContain(`HTTP ${httpStatus}`)
      if (closeCode !== undefined) expect(first?.toLowerCase()).toContain(`close ${closeCode}`)
    }
  })

  it('describes every part and every reason of a gap', () => {
    for (const part of PARTS) expect(protocol).toContain(`\n| \`${part}\` `)
    for (const reason of GAP_REASONS) expect(protocol).toContain(`### ${reason}\n`)
  })
})
