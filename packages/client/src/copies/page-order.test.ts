import { describe, expect, it } from 'vitest'
import { articleChangeOf, type GivenChange, timesAt } from '../testing/article-change-of.ts'
import type { HeldPage } from './held-page.ts'
import { type PageOrder, pageOrderOf } from './page-order.ts'

function held(revisionId: number | null, second: number, state: 'held' | 'removed' = 'held'): HeldPage<null> {
  const page = { wiki: 'enwiki', pageId: 7, title: 'Rain', domain: null, language: null }
  return { page, state, revisionId, actAtMs: Date.parse(timesAt(second).edited), digest: '', copy: null }
}

function orderOf(
  given: GivenChange & { readonly second: number },
  page: HeldPage<null> | undefined,
): PageOrder {
  const { second, ...change } = given
  return pageOrderOf(articleChangeOf({ ...change, times: timesAt(second) }), page)
}

const revision = (id: number, parentId = id - 1) => ({ id, parentId })

describe('the order of a change', () => {
  it('is newer when nothing is held', () => {
    expect(orderOf({ revision: revision(5), second: 1 }, undefined)).toBe('newer')
  })

  it('follows the revisions, whatever the times say', () => {
    expect(orderOf({ revision: revision(6), second: 1 }, held(5, 9))).toBe('newer')
    expect(orderOf({ revision: revision(4), second: 9 }, held(5, 1))).toBe('older')
  })

  it('takes a child for newer that has a lower id than its parent', () => {
    expect(orderOf({ revision: revision(3, 5), second: 9 }, held(5, 1))).toBe('newer')
  })

  it('follows the times among acts on one revision', () => {
    expect(orderOf({ kind: 'delete', revision: revision(5), second: 2 }, held(5, 1))).toBe('newer')
    expect(orderOf({ kind: 'delete', revision: revision(5), second: 2 }, held(5, 3))).toBe('older')
    expect(orderOf({ revision: revision(5), second: 3 }, held(5, 3))).toBe('same')
  })

  it('follows the times where a revision is not known', () => {
    expect(orderOf({ revision: null, second: 2 }, held(5, 1))).toBe('newer')
    expect(orderOf({ revision: revision(5), second: 1 }, held(null, 2))).toBe('older')
  })

  it('lets no repeated edit bring back a page that was removed in the same second', () => {
    expect(orderOf({ revision: revision(5), second: 3 }, held(5, 3, 'removed'))).toBe('older')
    expect(orderOf({ kind: 'undelete', revision: revision(5), second: 4 }, held(5, 3, 'removed'))).toBe(
      'newer',
    )
    expect(orderOf({ revision: revision(6), second: 4 }, held(5, 3, 'removed'))).toBe('newer')
  })

  it('lets an undeletion restore an older part of the history', () => {
    expect(orderOf({ kind: 'undelete', revision: revision(3), second: 4 }, held(5, 3, 'removed'))).toBe(
      'newer',
    )
    expect(orderOf({ kind: 'undelete', revision: revision(3), second: 4 }, held(5, 3))).toBe('older')
  })
})
