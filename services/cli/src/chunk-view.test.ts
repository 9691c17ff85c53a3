import type { Chunk, ChunkOp } from '@freshet/chunks'
import { describe, expect, it } from 'vitest'
import { chunkDeltaView, chunksView } from './chunk-view.ts'
import { PLAIN_INK } from './ink.ts'

const CHUNKS: readonly Chunk[] = [
  { id: 'facts', kind: 'facts', path: [], text: 'Infobox town\nname: Ostervik' },
  { id: 'lead', kind: 'prose', path: [], text: 'Ostervik is a town. 東京。', omittedTemplates: 1 },
  { id: 'snow', kind: 'prose', path: ['تاريخ'], text: 'الثلج يذوب في الربيع.', omittedTemplates: 2 },
  { id: 'sights', kind: 'list', path: ['Sights', 'In town'], text: 'The harbour 👩‍👩‍👧\nตลาด' },
  { id: 'escape', kind: 'table', path: ['Sights'], text: '\u001b[2J | a' },
]

function deltaView(ops: readonly ChunkOp[]): string {
  return `\n${chunkDeltaView(CHUNKS, { chunker: '1', base: '', result: '', ops }, PLAIN_INK)}`
}

describe('the view of chunks', () => {
  it('shows ids, kinds, headings and texts', () => {
    expect(`\n${chunksView(CHUNKS, PLAIN_INK)}`).toMatchInlineSnapshot(`
      "
      facts facts (lead)
          Infobox town
          name: Ostervik
      lead prose (lead) (1 template left out)
          Ostervik is a town. 東京。
      snow prose تاريخ (2 templates left out)
          الثلج يذوب في الربيع.
      sights list Sights › In town
          The harbour 👩‍👩‍👧
          ตลาด
      escape table Sights
          ␛[2J | a
      5 chunks, 104 characters
      "
    `)
  })

  it('shows what an index has to do', () => {
    const put = {
      id: 'new',
      kind: 'prose',
      path: [],
      text: 'Ostervik was a town.',
      replaces: 'lead',
    } as const
    const ops: readonly ChunkOp[] = [
      { keep: 1 },
      { del: ['lead', 'escape'] },
      { put },
      { meta: { id: 'snow', path: ['History'] } },
      { move: { id: 'sights' } },
    ]
    expect(deltaView(ops)).toMatchInlineSnapshot(`
      "
        1 chunk stays
      - lead prose (lead) (1 template left out)
      -   Ostervik is a town. 東京。
      - escape table Sights
      -   ␛[2J | a
      + new prose (lead) replaces lead
      +   Ostervik was a town.
      ~ snow prose History was under تاريخ
      > sights list Sights › In town
      1 to embed (20 characters), 2 to delete, 1 under other headings, 1 moved, 1 stay
      "
    `)
  })

  it('says when nothing is to be done', () => {
    expect(deltaView([{ keep: 5 }])).toMatchInlineSnapshot(`
      "
        5 chunks stay
      0 to embed (0 characters), 0 to delete, 0 under other headings, 0 moved, 5 stay
      "
    `)
  })
})
