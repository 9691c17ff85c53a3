import type { ArticleChange } from '../article-change.ts'

export interface GivenChange extends Partial<Omit<ArticleChange, 'page' | 'revision'>> {
  readonly pageId?: number | null
  readonly title?: string
  readonly revision?: null | {
    readonly id: number
    readonly parentId: number
    readonly isContentVisible?: boolean
  }
}

/** A change as a server would send it, of which a test says what matters to it. */
export function articleChangeOf({
  pageId = 7,
  title = 'Rain',
  revision,
  ...given
}: GivenChange): ArticleChange {
  return {
    id: `enwiki:${revision?.id ?? 0}`,
    kind: 'edit',
    wiki: 'enwiki',
    domain: 'en.wikipedia.org',
    project: 'wikipedia',
    language: 'en',
    page: {
      id: pageId,
      title,
      namespace: 0,
      isRedirect: null,
      item: null,
      redirectTarget: null,
      revisionCount: null,
    },
    priorPage: null,
    createdRedirect: null,
    revision: revision ? { ...REVISION, ...revision } : null,
    priorRevision: null,
    performer: null,
    comment: null,
    revert: null,
    times: timesAt(revision?.id ?? 0),
    attribution: { title, permalink: null, license: null },
    ...given,
  }
}

/** Of an act that was done so many seconds after midnight. */
export function timesAt(second: number): ArticleChange['times'] {
  const time = new Date(Date.UTC(2026, 7, 1) + second * 1_000).toISOString()
  return { edited: time, received: time, published: time }
}

const REVISION = {
  timestamp: null,
  sizeBytes: null,
  sha1: null,
  comment: null,
  editor: null,
  isMinor: null,
  contentModel: null,
  slots: {},
  tags: null,
  isContentVisible: true,
  isEditorVisible: true,
  isCommentVisible: true,
} as const satisfies Partial<ArticleChange['revision']>
