import { applyDiff } from '@freshet/diff'
import { PARTS } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'
import type { PartInput } from './part-input.ts'
import { PartMaker } from './part-maker.ts'
import { partsOf } from './parts-of.ts'

const parts = PARTS.filter((part) => part !== 'core')
const base = Array.from({ length: 3_000 }, (_, line) => `Line ${line} of the base.`).join('\n')
const text = base.replaceAll('base', 'text')
const input: PartInput = {
  edit: {
    oldTitle: 'Rain',
    newTitle: 'Rain',
    language: 'en',
    contentModel: 'wikitext',
    parentId: 11,
    revisionId: 12,
  },
  base: { status: 'available', text: base },
  text: { status: 'available', text },
}

describe('the part maker', () => {
  it('makes in its threads what the pure function makes', async () => {
    await using maker = new PartMaker({ parts, threads: 2, deadlineMs: 30_000 })
    expect(await maker.make(input)).toEqual(partsOf(input, parts, undefined))
  })

  it('gives each of the pages that are asked for together its own parts', async () => {
    await using maker = new PartMaker({ parts, threads: 2, deadlineMs: 30_000 })
    const inputs = Array.from({ length: 9 }, (_, page): PartInput => {
      return { ...input, text: { status: 'available', text: `${text.repeat(page % 4)}\nPage ${page}.` } }
    })
    const made = await Promise.all(inputs.map((one) => maker.make(one)))
    for (const [page, one] of inputs.entries()) expect(made[page]).toEqual(partsOf(one, parts, undefined))
  })

  it('gives a page that takes too long the coarse form, exact all the same, and goes on with the next', async () => {
    await using hasty = new PartMaker({ parts, threads: 1, deadlineMs: 0 })
    const pages = await Promise.all([hasty.make(input), hasty.make(input)])
    for (const page of [...pages, await hasty.make(input)]) {
      const made = new Map(page)
      const diff = JSON.parse(made.get('diff') ?? '')
      expect(diff.coarse).toBe(true)
      expect(applyDiff(base, diff)).toBe(text)
      expect(JSON.parse(made.get('chunks') ?? '')).toEqual({
        unavailable: { revision: 'new', reason: 'deadline_exceeded' },
      })
      expect(JSON.parse(made.get('wikitext') ?? '')).toBe(text)
    }
  })
})
