import { describe, expect, it } from 'vitest'
import type { Edit } from '../edit.ts'
import {
  logEntry,
  META,
  pageChange,
  pageMove,
  recentChange,
  revisionCreate,
  USER,
  visibilityChange,
} from '../fixtures/wikimedia-events.ts'
import { editFromWikimediaEvent, MappingError } from './wikimedia-event.ts'

const ANN = {
  kind: 'registered',
  name: 'Ann Example',
  id: 42,
  isSystem: false,
  groups: ['sysop', '*', 'user'],
  editCount: 1_234,
  registeredAt: '2020-01-02T03:04:05Z',
}

describe('mediawiki/page/change', () => {
  it('maps an edit without losing anything, ids over 2^31 included', () => {
    expect(editOf(pageChange())).toEqual({
      id: 'enwiki:5000000002',
      kind: 'edit',
      wiki: 'enwiki',
      domain: 'en.wikipedia.org',
      project: 'wikipedia',
      language: 'en',
      page: {
        id: 3_000_000_001,
        title: 'Talk:Example page',
        namespace: 1,
        isRedirect: false,
        item: null,
        redirectTarget: null,
        revisionCount: null,
      },
      priorPage: null,
      createdRedirect: null,
      revision: {
        id: 5_000_000_002,
        parentId: 5_000_000_001,
        timestamp: '2026-03-04T05:06:07Z',
        sizeBytes: 120,
        sha1: 'byftmugbp7d41rtunql50ma07594wnl',
        comment: '/* Section */ fixed',
        editor: ANN,
        isMinor: true,
        contentModel: 'wikitext',
        slots: { main: MAIN_SLOT },
        tags: null,
        isContentVisible: true,
        isEditorVisible: true,
        isCommentVisible: true,
      },
      priorRevision: expect.objectContaining({
        id: 5_000_000_001,
        parentId: 17,
        sizeBytes: 100,
        editor: ANN,
      }),
      performer: ANN,
      comment: null,
      revert: null,
      license: null,
      editedAt: '2026-03-04T05:06:07Z',
      source: {
        schema: '/mediawiki/page/change/1.2.0',
        eventId: META.id,
        requestId: META.request_id,
        emittedAt: META.dt,
      },
      text: null,
    })
  })

  it('maps a move with its old name and the redirect left behind', () => {
    expect(editOf(pageMove())).toMatchObject({
      kind: 'move',
      comment: 'a better name',
      page: { id: 3_000_000_001, title: 'New name' },
      priorPage: { id: 3_000_000_001, title: 'Old name', namespace: 0, isRedirect: false },
      createdRedirect: { id: 9, title: 'Old name', isRedirect: true },
    })
  })

  it('maps a change of visibility: what is hidden now, what was seen before, and a performer who is hidden', () => {
    const edit = editOf(visibilityChange())
    expect(edit).toMatchObject({
      kind: 'visibility_change',
      performer: null,
      revision: {
        editor: null,
        comment: null,
        isContentVisible: false,
        isEditorVisible: false,
        isCommentVisible: false,
      },
    })
    expect(edit.priorRevision).toEqual({
      isContentVisible: true,
      isEditorVisible: true,
      isCommentVisible: true,
    })
  })

  it.for(['create', 'delete', 'undelete'])('maps a page_change_kind of %s', (kind) => {
    const page = { page_id: 5, page_title: 'A_b', namespace_id: 0, revision_count: 7 }
    const edit = editOf(pageChange({ page_change_kind: kind, prior_state: undefined, page }))
    expect(edit).toMatchObject({ kind, priorRevision: null, page: { title: 'A b', revisionCount: 7 } })
  })

  it('knows where a redirect points to', () => {
    const page = {
      page_id: 5,
      page_title: 'A',
      namespace_id: 0,
      is_redirect: true,
      redirect_page_link: { page_title: 'B_c' },
    }
    expect(editOf(pageChange({ page })).page).toMatchObject({ isRedirect: true, redirectTarget: 'B c' })
  })

  it.for([
    ['wikidatawiki', 0, 'Q42', 'Q42'],
    ['wikidatawiki', 120, 'Property:P31', null],
    ['enwiki', 0, 'Q42', null],
  ] as const)('knows which page is an item: %s %i %s', ([wiki, namespace, title, item]) => {
    const page = { page_id: 5, page_title: title, namespace_id: namespace }
    expect(editOf(pageChange({ wiki_id: wiki, page })).page.item).toBe(item)
  })

  it.for([
    [{ is_bot: true }, 'bot'],
    [{ is_temp: true, user_text: '~2026-1' }, 'temporary'],
    [{ user_text: '~2026-12345-6' }, 'temporary'],
    [{ user_text: '192.0.2.7', user_id: undefined }, 'anonymous'],
    [{ user_text: '2001:DB8:0:0:0:0:0:7', user_id: 0 }, 'anonymous'],
    [{}, 'registered'],
  ] as const)('tells the kind of the performer %j', ([more, kind]) => {
    expect(editOf(pageChange({ performer: { ...USER, ...more } })).performer?.kind).toBe(kind)
  })
})

describe('mediawiki/revision/create', () => {
  it('maps what it tells, and leaves unknown what it does not', () => {
    expect(editOf(revisionCreate())).toMatchObject({
      id: 'enwiki:5000000002',
      kind: 'edit',
      wiki: 'enwiki',
      page: { id: 3_000_000_001, title: 'Talk:Example page', namespace: 1, isRedirect: false },
      revision: {
        id: 5_000_000_002,
        parentId: 5_000_000_001,
        sizeBytes: 120,
        isMinor: true,
        contentModel: 'wikitext',
        slots: { main: { ...MAIN_SLOT, format: null } },
        tags: null,
        editor: ANN,
      },
      priorRevision: null,
      performer: ANN,
      revert: null,
    })
  })

  it.for([0, undefined])('takes a revision with the parent %s for the creation of the page', (parent) => {
    const edit = editOf(revisionCreate({ rev_parent_id: parent }))
    expect(edit).toMatchObject({ kind: 'create', revision: { parentId: 0 } })
  })

  it('maps a revert', () => {
    const details = {
      rev_revert_method: 'rollback',
      rev_reverted_revs: [5_000_000_001],
      rev_is_exact_revert: true,
      rev_original_rev_id: 4_999_999_999,
    }
    expect(editOf(revisionCreate({ rev_is_revert: true, rev_revert_details: details })).revert).toEqual({
      method: 'rollback',
      revertedRevisionIds: [5_000_000_001],
      isExact: true,
      restoredRevisionId: 4_999_999_999,
    })
    expect(editOf(revisionCreate({ rev_is_revert: true })).revert).toMatchObject({ method: null })
  })
})

describe('mediawiki/recentchange', () => {
  it('maps what it tells, and leaves unknown what it does not', () => {
    expect(editOf(recentChange())).toMatchObject({
      id: 'enwiki:5000000002',
      kind: 'edit',
      page: { id: null, title: 'Talk:Example page', namespace: 1, isRedirect: null },
      revision: {
        id: 5_000_000_002,
        parentId: 5_000_000_001,
        timestamp: '2026-03-04T05:06:07.000Z',
        sizeBytes: 120,
        sha1: null,
        isMinor: true,
        tags: null,
      },
      priorRevision: { id: 5_000_000_001, sizeBytes: 100 },
      performer: { kind: 'registered', name: 'Ann Example', id: null },
      editedAt: '2026-03-04T05:06:07.000Z',
    })
  })

  it('maps a new page', () => {
    const change = recentChange({
      type: 'new',
      length: { old: null, new: 9 },
      revision: { old: null, new: 4 },
    })
    expect(editOf(change)).toMatchObject({ kind: 'create', revision: { parentId: 0 }, priorRevision: null })
  })

  it.for([
    ['delete', 'delete', 'delete'],
    ['delete', 'delete_redir', 'delete'],
    ['delete', 'restore', 'undelete'],
    ['delete', 'revision', 'visibility_change'],
    ['upload', 'upload', 'create'],
    ['upload', 'overwrite', 'edit'],
  ] as const)('maps the log entry %s/%s to %s', ([type, action, kind]) => {
    expect(editOf(logEntry(type, action))).toMatchObject({
      kind,
      revision: null,
      performer: { name: 'Ann Example' },
    })
  })

  it('maps a move from its old name to its target', () => {
    const edit = editOf(logEntry('move', 'move', { log_params: { target: 'Talk:New name', noredir: '0' } }))
    expect(edit).toMatchObject({
      kind: 'move',
      page: { title: 'Talk:New name' },
      priorPage: { title: 'Talk:Example page' },
    })
  })

  it.for([
    recentChange({ type: 'categorize' }),
    recentChange({ type: 'external' }),
    recentChange({ type: '142' }),
    logEntry('block', 'block'),
    logEntry('patrol', 'patrol'),
    logEntry('newusers', 'create'),
  ])('passes by what changes no page: $type $log_type', (event) => {
    expect(editFromWikimediaEvent(event)).toEqual({ type: 'skipped', reason: 'not_a_page_change' })
  })
})

describe('editFromWikimediaEvent', () => {
  it('gives one edit one id, whichever stream tells of it', () => {
    const ids = [pageChange(), revisionCreate(), recentChange()].map((event) => editOf(event).id)
    expect(new Set(ids)).toEqual(new Set(['enwiki:5000000002']))
  })

  it('gives one deletion one id, whichever stream tells of it', () => {
    const deletion = { page_change_kind: 'delete', dt: '2026-03-04T05:06:07Z' }
    expect(editOf(pageChange(deletion)).id).toBe(editOf(logEntry('delete', 'delete')).id)
  })

  it('takes any version of a schema that it knows', () => {
    expect(editOf(pageChange({ $schema: '/mediawiki/page/change/1.99.0' })).kind).toBe('edit')
    expect(editOf(revisionCreate({ $schema: '/mediawiki/revision/create/1.1.0' })).kind).toBe('edit')
  })

  it.for([pageChange, revisionCreate, recentChange])(
    'passes canaries by, whatever else they hold',
    (event) => {
      const canary = { ...event(), meta: { domain: 'canary' } }
      expect(editFromWikimediaEvent(canary)).toEqual({ type: 'skipped', reason: 'canary' })
      expect(editFromWikimediaEvent({ meta: { domain: 'canary' } })).toMatchObject({ reason: 'canary' })
    },
  )

  it.for([
    [null, 'an event is a JSON object'],
    ['text', 'an event is a JSON object'],
    [[], '$schema is undefined'],
    [{}, '$schema is undefined; can be read: /mediawiki/page/change/'],
    [{ $schema: 7 }, '$schema is 7'],
    [{ $schema: '/mediawiki/page/delete/1.0.0' }, '$schema is "/mediawiki/page/delete/1.0.0"'],
    [pageChange({ meta: undefined }), 'meta'],
    [pageChange({ page_change_kind: 'erase' }), 'page_change_kind'],
    [pageChange({ page: { page_id: '5', page_title: 'A', namespace_id: 0 } }), 'page.page_id'],
    [pageChange({ page: { page_id: 5, page_title: '', namespace_id: 0 } }), 'page.page_title'],
    [pageChange({ revision: { rev_id: 2 ** 53 } }), 'revision.rev_id'],
    [pageChange({ dt: 'yesterday' }), 'editedAt'],
    [pageChange({ wiki_id: 'en wiki' }), 'wiki'],
    [pageChange({ comment: '\ud800' }), 'comment'],
    [pageChange({ page: { page_id: 5, page_title: 'A\nB', namespace_id: 0 } }), 'page.title'],
    [revisionCreate({ rev_len: -1 }), 'rev_len'],
    [recentChange({ timestamp: 'now' }), 'timestamp'],
    [recentChange({ timestamp: Number.MAX_SAFE_INTEGER }), 'timestamp'],
  ] as const)('refuses what it cannot read and names what is wrong (case %#)', ([event, message]) => {
    expect(() => editFromWikimediaEvent(event)).toThrow(MappingError)
    expect(() => editFromWikimediaEvent(event)).toThrow(message)
  })
})

const MAIN_SLOT = {
  model: 'wikitext',
  format: 'text/x-wiki',
  sizeBytes: 120,
  sha1: 'byftmugbp7d41rtunql50ma07594wnl',
  originRevisionId: 5_000_000_002,
}

function editOf(event: unknown): Edit {
  const mapped = editFromWikimediaEvent(event)
  if (mapped.type === 'skipped') throw new Error(`skipped as ${mapped.reason}`)
  return mapped.edit
}
