import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Attributes, attributesOf, decodeAttributes, encodeAttributes } from './attributes.ts'
import {
  completeEdit,
  type EditInput,
  editInputSchema,
  PAGE_CHANGE_KINDS,
  type PageChangeKind,
  PERFORMER_KINDS,
} from './edit.ts'

const text = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 }

const attributes: fc.Arbitrary<Attributes> = fc.record({
  kind: fc.constantFrom(...PAGE_CHANGE_KINDS),
  performer: maybe(fc.constantFrom(...PERFORMER_KINDS)),
  minor: maybe(fc.boolean()),
  isRevert: fc.boolean(),
  namespace: fc.integer(INT32),
  sizeDelta: maybe(fc.integer(INT32)),
  page: maybe(fc.maxSafeNat()),
  wiki: text,
  project: maybe(text),
  language: maybe(text),
  item: maybe(text),
  title: text,
  tags: fc.array(fc.string({ maxLength: 30 }), { maxLength: 10 }),
})

describe('the attributes header', () => {
  it('gives back every attribute', () => {
    fc.assert(
      fc.property(attributes, (value) => {
        expect(allOf(decodeAttributes(encodeAttributes(value)))).toEqual(value)
      }),
    )
  })

  it('is read at any place in a larger buffer', () => {
    fc.assert(
      fc.property(attributes, fc.nat(20), (value, offset) => {
        const header = encodeAttributes(value)
        const larger = Buffer.concat([Buffer.alloc(offset, 7), header, Buffer.alloc(3, 7)])
        expect(allOf(decodeAttributes(larger.subarray(offset, offset + header.length)))).toEqual(value)
      }),
    )
  })

  it('is refused when it is cut short or has another kind', () => {
    const header = encodeAttributes(attributesOf(editOf({})))
    for (const cut of [header.subarray(0, -1), header.subarray(0, 5), header.subarray(0, 20)]) {
      expect(() => decodeAttributes(cut)).toThrow(RangeError)
    }
    expect(() => decodeAttributes(Buffer.concat([Buffer.of(99), header.subarray(1)]))).toThrow(RangeError)
  })

  it.for([
    { page: { title: 'A', namespace: 2 ** 31 - 1 } },
    { page: { title: 'A'.repeat(512), namespace: -(2 ** 31) } },
    { revision: { id: Number.MAX_SAFE_INTEGER, sizeBytes: 2 ** 31 - 1 }, priorRevision: { sizeBytes: 0 } },
    { revision: { id: 1, sizeBytes: 0 }, priorRevision: { sizeBytes: 2 ** 31 - 1 } },
    { revision: { id: 1, tags: Array.from({ length: 1_000 }, () => 'ß'.repeat(512)) } },
  ])('holds the largest edit that is taken (case %#)', (more) => {
    const value = attributesOf(editOf(more))
    expect(allOf(decodeAttributes(encodeAttributes(value)))).toEqual(value)
  })
})

describe('the size delta', () => {
  const sizes: [PageChangeKind, null | number, null | number, null | number][] = [
    ['create', null, 120, 120],
    ['undelete', null, 120, 120],
    ['delete', null, 120, -120],
    ['visibility_change', null, 120, 0],
    ['edit', 100, 120, 20],
    ['edit', 120, 100, -20],
    ['edit', null, 120, null],
    ['edit', 100, null, null],
    ['move', 100, 100, 0],
  ]
  it.for(sizes)('of a %s from %s to %s bytes is %s', ([kind, from, to, delta]) => {
    const edit = editOf({
      kind,
      revision: { id: 2, sizeBytes: to },
      priorRevision: from === null ? null : { sizeBytes: from },
    })
    expect(attributesOf(edit).sizeDelta).toBe(delta)
  })
})

/** They are decoded as they are asked for, so a comparison has to ask for all of them. */
function allOf(decoded: Attributes): Attributes {
  const { kind, performer, minor, isRevert, namespace, sizeDelta, page } = decoded
  const { wiki, project, language, item, title, tags } = decoded
  const texts = { wiki, project, language, item, title, tags }
  return { kind, performer, minor, isRevert, namespace, sizeDelta, page, ...texts }
}

function editOf(more: Partial<EditInput>) {
  const input: EditInput = {
    kind: 'edit',
    wiki: 'enwiki',
    page: { title: 'A', namespace: 0 },
    editedAt: '2026-03-04T05:06:07Z',
    ...more,
  }
  return completeEdit(editInputSchema.parse(input))
}
