import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHUNKER_VERSION, chunkIdOf } from './chunk.ts'
import {
  applyChunkDelta,
  type Chunk,
  type ChunkDelta,
  type ChunkOpsDelta,
  chunkDelta,
  chunkSnapshot,
  DamagedChunkDeltaError,
  WrongBaseChunksError,
} from './index.ts'

function chunk(text: string, path: readonly string[] = []): Chunk {
  return { id: chunkIdOf(CHUNKER_VERSION, 'prose', text), kind: 'prose', path, text }
}

const [a, b, c, d] = [chunk('a'), chunk('b'), chunk('c'), chunk('d')] as const

function throughJson<Delta extends ChunkDelta>(delta: Delta): Delta {
  return JSON.parse(JSON.stringify(delta))
}

describe('a chunk delta', () => {
  it.each<[string, readonly Chunk[], readonly Chunk[], ChunkOpsDelta['ops']]>([
    ['says that all stays', [a, b], [a, b], [{ keep: 2 }]],
    ['puts what is new', [a, c], [a, b, c], [{ keep: 1 }, { put: b }, { keep: 1 }]],
    ['deletes what is gone', [a, b, c, d], [a, d], [{ keep: 1 }, { del: [b.id, c.id] }, { keep: 1 }]],
    ['moves what is elsewhere', [a, b, c], [c, a, b], [{ move: { id: c.id } }, { keep: 2 }]],
    [
      'tells of new headings without text',
      [a, b],
      [a, chunk('b', ['h'])],
      [{ keep: 1 }, { meta: { id: b.id, path: ['h'] } }],
    ],
    [
      'tells of both at once',
      [a, b, c],
      [chunk('c', ['h']), a, b],
      [{ move: { id: c.id, path: ['h'] } }, { keep: 2 }],
    ],
    ['deletes everything', [a, b], [], [{ del: [a.id, b.id] }]],
    ['begins with nothing', [], [a], [{ put: a }]],
  ])('%s', (_claim, base, next, ops) => {
    const delta = chunkDelta(base, next)
    expect(delta.ops).toEqual(ops)
    expect(applyChunkDelta(base, throughJson(delta))).toEqual(next)
  })

  it('names the chunk that a new one is an edited form of', () => {
    const old = chunk('The town has a harbour and a market, and a school since 1900.')
    const edited = chunk('The town has a harbour and two markets, and a school since 1900.')
    const other = chunk('Nothing of this was there before, it is about ships.')
    const { ops } = chunkDelta([a, old, b], [a, other, edited, b])
    expect(ops).toContainEqual({ put: { ...edited, replaces: old.id } })
    expect(ops).toContainEqual({ put: other })
    expect(applyChunkDelta([a, old, b], chunkDelta([a, old, b], [a, other, edited, b]))).toEqual([
      a,
      other,
      edited,
      b,
    ])
  })

  it('leads from any list to any other', () => {
    const list = fc
      .uniqueArray(
        fc.tuple(
          fc.integer({ min: 0, max: 30 }),
          fc.constantFrom([], ['h'], ['h', 'i']),
          fc.integer({ min: 0, max: 2 }),
        ),
        {
          selector: ([text]) => text,
        },
      )
      .map((members) =>
        members.map(
          ([text, path, count]): Chunk => ({
            ...chunk(`text ${text}`, path),
            ...(count > 0 && { omittedTemplates: count }),
          }),
        ),
      )
    fc.assert(
      fc.property(list, list, (base, next) => {
        const before = structuredClone(base)
        const delta = chunkDelta(base, next)
        expect(applyChunkDelta(base, throughJson(delta))).toEqual(next)
        expect(base).toEqual(before)
        const replaced = delta.ops.flatMap((op) => ('put' in op ? (op.put.replaces ?? []) : []))
        expect(
          new Set(delta.ops.flatMap((op) => ('del' in op ? op.del : []))).isSupersetOf(new Set(replaced)),
        ).toBe(true)
        expect(new Set(replaced).size).toBe(replaced.length)
      }),
    )
  })

  it('puts, deletes and moves as little as can be', () => {
    const many = Array.from({ length: 100 }, (_, index) => chunk(`text ${index}`))
    const next = many.toSpliced(50, 1).toSpliced(10, 0, a)
    const { ops } = chunkDelta(many, [...next.slice(1), next[0] as Chunk])
    expect(ops.filter((op) => !('keep' in op))).toEqual([
      { put: a },
      { del: [(many[50] as Chunk).id] },
      { move: { id: (many[0] as Chunk).id } },
    ])
  })

  it('that lacks a base is a snapshot, which applies to anything', () => {
    expect(applyChunkDelta([], throughJson(chunkSnapshot([a, b])))).toEqual([a, b])
    expect(applyChunkDelta([c], throughJson(chunkSnapshot([a, b])))).toEqual([a, b])
  })

  it.each<[string, readonly Chunk[]]>([
    ['a chunk more', [a, b, c, d]],
    ['a chunk less', [a, b]],
    ['another order', [b, a, c]],
    ['another path', [a, chunk('b', ['h']), c]],
    ['another count of dropped templates', [a, { ...b, omittedTemplates: 1 }, c]],
    ['the chunks that it leads to', [a, d, c]],
  ])('is refused by chunks with %s', (_difference, wrongBase) => {
    const delta = chunkDelta([a, b, c], [a, d, c])
    expect(() => applyChunkDelta(wrongBase, delta)).toThrow(WrongBaseChunksError)
  })

  it.each<[string, (delta: ChunkOpsDelta) => ChunkDelta]>([
    ['an op less', (delta) => ({ ...delta, ops: delta.ops.slice(1) })],
    ['an op twice', (delta) => ({ ...delta, ops: [...delta.ops, ...delta.ops.slice(-1)] })],
    ['too many to keep', (delta) => ({ ...delta, ops: [...delta.ops, { keep: 9 }] })],
    ['an unknown chunk to delete', (delta) => ({ ...delta, ops: [...delta.ops, { del: ['x'] }] })],
    ['a chunk to delete twice', (delta) => ({ ...delta, ops: [...delta.ops, { del: [b.id] }] })],
    ['ops in another order', (delta) => ({ ...delta, ops: delta.ops.toReversed() })],
    ['another result', (delta) => ({ ...delta, result: delta.base })],
    [
      'another text for an id',
      (delta) => ({
        ...delta,
        ops: delta.ops.map((op) => ('put' in op ? { put: { ...op.put, text: 'x' } } : op)),
      }),
    ],
  ])('is refused when it was damaged: %s', (_damage, damage) => {
    const delta = chunkDelta([a, b, c], [d, a, c])
    expect(() => applyChunkDelta([a, b, c], damage(delta))).toThrow(DamagedChunkDeltaError)
  })
})
