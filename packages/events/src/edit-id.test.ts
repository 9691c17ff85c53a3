import { describe, expect, it } from 'vitest'
import { editIdOf } from './edit-id.ts'

const deletion = {
  kind: 'delete',
  wiki: 'enwiki',
  page: { title: 'A' },
  revision: { id: 5_000_000_000 },
  editedAt: '2026-03-04T05:06:07Z',
} as const

describe('editIdOf', () => {
  it.for(['create', 'edit', 'move'] as const)(
    'names a revision by its id (%s), above 2^31 as well',
    (kind) => {
      expect(editIdOf({ ...deletion, kind })).toBe('enwiki:5000000000')
    },
  )

  it('names acts without a revision of their own by what, where and when', () => {
    const id = editIdOf(deletion)
    expect(id).toMatch(/^enwiki:delete:[0-9a-f]{16}$/)
    expect(editIdOf({ ...deletion, revision: null })).toBe(id)
    expect(editIdOf({ ...deletion, editedAt: '2026-03-04T06:06:07.400+01:00' })).toBe(id)
    expect(editIdOf({ ...deletion, editedAt: '2026-03-04T05:06:08Z' })).not.toBe(id)
    expect(editIdOf({ ...deletion, page: { title: 'B' } })).not.toBe(id)
    expect(editIdOf({ ...deletion, wiki: 'dewiki' })).not.toBe(id)
    expect(editIdOf({ ...deletion, kind: 'undelete' })).not.toBe(id)
  })

  it('tells apart the revisions that one change of visibility hides', () => {
    const hidden = { ...deletion, kind: 'visibility_change' } as const
    expect(editIdOf(hidden)).not.toBe(editIdOf({ ...hidden, revision: { id: 4 } }))
  })

  it('names a move whose revision is not told', () => {
    expect(editIdOf({ ...deletion, kind: 'move', revision: null })).toMatch(/^enwiki:move:[0-9a-f]{16}$/)
  })
})
