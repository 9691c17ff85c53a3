import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodePartLayout,
  encodeParts,
  partsBytes,
  projectedBytes,
  projectParts,
  writeParts,
} from './part-layout.ts'

const NAMES = ['diff', 'patch', 'compare', 'sections', 'chunks', 'facts', 'text', 'wikitext'] as const

/** An event whose core has at least its id, and any of the other parts in any order. */
const event = fc.record({
  core: fc.dictionary(fc.constantFrom('kind', 'wiki', 'page', 'ß🌍'), fc.jsonValue()),
  parts: fc
    .shuffledSubarray([...NAMES])
    .chain((names) => fc.tuple(...names.map((name) => fc.tuple(fc.constant(name), fc.jsonValue())))),
})

describe('part layout', () => {
  it('projects to valid JSON with exactly the members of the parts asked for', () => {
    fc.assert(
      fc.property(event, fc.subarray([...NAMES, 'nonsense']), ({ core, parts }, wanted) => {
        const whole = { id: 'enwiki:1', ...core }
        const { value, header } = encode(whole, parts)
        const projected = projectParts(value, decodePartLayout(header), new Set(wanted))
        const picked = parts.filter(([name]) => wanted.includes(name))
        expect(JSON.parse(Buffer.concat(projected).toString())).toEqual(
          JSON.parse(JSON.stringify({ ...whole, ...Object.fromEntries(picked) })),
        )
      }),
    )
  })

  it('is one line to clients that split lines wherever Unicode ends one', () => {
    const text = 'a\u0085b\u2028c\u2029d\u000be'
    const { value } = encodeParts('{"id":1}', new Map([['wikitext', JSON.stringify(text)]]))
    const json = Buffer.from(value).toString()
    for (const end of ['\n', '\u000b', '\u0085', '\u2028', '\u2029']) expect(json).not.toContain(end)
    expect(JSON.parse(json).wikitext).toBe(text)
  })

  it('holds the whole event as JSON', () => {
    fc.assert(
      fc.property(event, ({ core, parts }) => {
        const whole = { id: 'enwiki:1', ...core }
        const { value, header } = encode(whole, parts)
        expect(JSON.parse(Buffer.from(value).toString())).toEqual(
          JSON.parse(JSON.stringify({ ...whole, ...Object.fromEntries(parts) })),
        )
        expect(decodePartLayout(header).at(-1)?.end).toBe(value.length - 1)
      }),
    )
  })

  it('reads names it has met and names it has not, however many there are', () => {
    const parts = Array.from({ length: 100 }, (_, number): [string, string] => [`part${number}`, `${number}`])
    const { value, header } = encodeParts('{"id":1}', new Map(parts))
    for (let round = 0; round < 2; round++) {
      expect(decodePartLayout(header).map(({ name }) => name)).toEqual([
        'core',
        ...parts.map(([name]) => name),
      ])
    }
    expect(decodePartLayout(header).at(-1)?.end).toBe(value.length - 1)
  })

  it('takes as few slices as there are gaps, without copying', () => {
    const { value, header } = encode({ id: 1 }, [
      ['diff', 1],
      ['patch', 2],
      ['text', 3],
    ])
    const layout = decodePartLayout(header)
    const slicesFor = (...names: string[]) => projectParts(value, layout, new Set(names))
    expect(slicesFor('diff', 'patch', 'text')).toHaveLength(1)
    expect(slicesFor('diff')).toHaveLength(2)
    expect(slicesFor('text')).toHaveLength(2)
    expect(slicesFor('diff', 'text')).toHaveLength(2)
    expect(slicesFor('patch')).toHaveLength(3)
    expect(slicesFor().every((slice) => slice.buffer === value.buffer)).toBe(true)
  })

  it('writes the same as it projects, and as many bytes as it says', () => {
    fc.assert(
      fc.property(event, fc.subarray([...NAMES]), fc.nat(9), ({ core, parts }, wanted, before) => {
        const { value, header } = encode({ id: 'enwiki:1', ...core }, parts)
        const layout = decodePartLayout(header)
        const names = new Set<string>(wanted)
        const expected = Buffer.concat(projectParts(value, layout, names))
        const target = Buffer.alloc(before + expected.length + 5, '.')
        const end = writeParts(target, before, value, layout, names)
        expect(end).toBe(before + expected.length)
        expect(projectedBytes(layout, names)).toBe(expected.length)
        expect(target.toString('latin1')).toBe(
          `${'.'.repeat(before)}${expected.toString('latin1')}${'.'.repeat(5)}`,
        )
      }),
    )
  })

  it('tells the bytes of all parts without decoding the header', () => {
    fc.assert(
      fc.property(event, ({ core, parts }) => {
        const { value, header } = encode({ id: 'enwiki:1', ...core }, parts)
        expect(partsBytes(header)).toBe(value.length - 1)
      }),
    )
    for (const header of [
      'diff:1 core:2',
      'core:1 ',
      'core:1  a:2',
      'core:1 a2',
      'core:1 :2',
      'core:1 a:-2',
    ]) {
      expect(partsBytes(Buffer.from(header))).toBeUndefined()
    }
  })

  it.for(['', 'core', 'core:', 'core:x', ':5', 'core:1 diff', 'core:1.5'])(
    'refuses the header %j',
    (header) => {
      expect(() => decodePartLayout(Buffer.from(header))).toThrow('malformed part')
      expect(partsBytes(Buffer.from(header))).toBeUndefined()
    },
  )
})

function encode(core: object, parts: readonly (readonly [string, unknown])[]) {
  const texts = new Map(parts.map(([name, part]) => [name, JSON.stringify(part)]))
  return encodeParts(JSON.stringify(core), texts)
}
