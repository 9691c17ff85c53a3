import type { EditInput } from '@freshet/events'
import { type PageStory, type StoryAct, StoryError, type TextChange } from './page-story.ts'
import { sha1Base36 } from './sha1-base36.ts'
import type { ToldWiki } from './told-wiki.ts'

/** The recording begins at an equinox. */
const STORY_BEGINS_AT_MS = Date.parse('2026-03-20T14:46:00Z')
const LICENSE = { spdx: 'CC0-1.0', url: 'https://creativecommons.org/publicdomain/zero/1.0/' }

type Performer = NonNullable<EditInput['performer']>

interface ToldRevision {
  readonly id: number
  readonly parentId: number
  readonly timestamp: string
  readonly text: string
  readonly comment: string
  readonly editor: Performer
  readonly isMinor: boolean
  readonly tags: readonly string[]
}

/** One page while its story is told: each act becomes the edit (a move: also its redirect's creation) that it makes. */
export class ToldPage {
  private readonly story: PageStory
  private readonly wiki: ToldWiki
  private readonly revisions: ToldRevision[] = []
  private title: string

  constructor(story: PageStory, wiki: ToldWiki) {
    this.story = story
    this.wiki = wiki
    this.title = story.title
  }

  /** @throws StoryError when the act does not fit what the page is like by then */
  tell(act: StoryAct): EditInput[] {
    switch (act.kind) {
      case 'create':
        return [this.save(act, act.kind, act.text)]
      case 'edit':
        return [this.save(act, act.kind, changedText(this.latest(act).text, act))]
      case 'revert': {
        const restored = this.revision(act.restores, act)
        const reverted = this.revisions.slice(act.restores)
        return [
          { ...this.save(act, 'edit', restored.text), revert: revertOf(act.method, restored, reverted) },
        ]
      }
      case 'move':
        return this.move(act)
      case 'delete':
        return [
          { ...this.fieldsOf(act, act.kind), comment: act.comment, revision: revisionOf(this.latest(act)) },
        ]
      case 'undelete': {
        const { text } = this.latest(act)
        return [
          {
            ...this.fieldsOf(act, act.kind),
            comment: act.comment,
            revision: revisionOf(this.latest(act)),
            text,
          },
        ]
      }
      case 'hide': {
        // A wiki tells neither size nor digest of what it hides.
        const { sizeBytes: _sizeBytes, sha1: _sha1, ...known } = revisionOf(this.revision(act.hides, act))
        const revision = { ...known, isContentVisible: false }
        const priorRevision = { isContentVisible: true }
        return [{ ...this.fieldsOf(act, 'visibility_change'), comment: act.comment, revision, priorRevision }]
      }
    }
  }

  /** Makes a revision. */
  private save(act: StoryAct, kind: 'create' | 'edit' | 'move', text: string): EditInput {
    const prior = this.revisions.at(-1)
    const revision = {
      id: this.wiki.nextRevisionId(),
      parentId: prior?.id ?? 0,
      timestamp: timeOf(act.atMs),
      text,
      comment: act.comment,
      editor: this.wiki.performerNamed(act.performer),
      isMinor: act.isMinor,
      tags: act.tags,
    }
    this.revisions.push(revision)
    return {
      ...this.fieldsOf(act, kind),
      revision: revisionOf(revision),
      priorRevision: prior === undefined ? null : priorRevisionOf(prior),
      text,
    }
  }

  private move(act: StoryAct & { kind: 'move' }): EditInput[] {
    const { namespace, pageId } = this.story
    const oldTitle = this.title
    this.title = act.to
    const moved = {
      ...this.save(act, 'move', this.latest(act).text),
      priorPage: { id: pageId, title: oldTitle, namespace, isRedirect: false },
    }
    if (act.redirectPageId === undefined) return [moved]
    const createdRedirect = { id: act.redirectPageId, title: oldTitle, namespace, isRedirect: true }
    const story = { ...this.story, title: oldTitle, pageId: act.redirectPageId, item: undefined }
    const redirect = new ToldPage(story, this.wiki)
    return [{ ...moved, createdRedirect }, redirect.save(act, 'create', `#REDIRECT [[${act.to}]]`)]
  }

  private fieldsOf(act: StoryAct, kind: EditInput['kind']) {
    const { wiki, language, pageId, namespace, item } = this.story
    const target = redirectTargetOf(this.latest(act).text)
    return {
      kind,
      wiki,
      domain: null,
      project: 'sample',
      language,
      page: {
        id: pageId,
        title: this.title,
        namespace,
        isRedirect: target !== null,
        ...(target !== null && { redirectTarget: target }),
        ...(item !== undefined && { item }),
        ...(kind === 'delete' && { revisionCount: this.revisions.length }),
      },
      performer: this.wiki.performerNamed(act.performer),
      license: LICENSE,
      editedAt: timeOf(act.atMs),
    }
  }

  private latest(act: StoryAct): ToldRevision {
    return this.revision(this.revisions.length, act)
  }

  /** Counted from 1. */
  private revision(number: number, act: StoryAct): ToldRevision {
    const revision = this.revisions[number - 1]
    if (revision === undefined)
      throw new StoryError(`${act.where}: there is no revision ${number} at this time`)
    return revision
  }
}

function changedText(text: string, act: StoryAct & { kind: 'edit' }): string {
  return act.changes.reduce((changed, change) => changeText(changed, change, act.where), text)
}

function changeText(text: string, change: TextChange, where: string): string {
  switch (change.type) {
    case 'text':
      return change.text
    case 'append':
      return `${text}\n${change.text}`
    case 'replace': {
      const [before = '', after, ...others] = text.split(change.old)
      if (after === undefined)
        throw new StoryError(`${where}: the text to replace is not there:\n${change.old}`)
      if (others.length > 0)
        throw new StoryError(`${where}: the text to replace is there more than once:\n${change.old}`)
      return before + change.new + after
    }
  }
}

function revisionOf(revision: ToldRevision) {
  const { id, parentId, timestamp, comment, editor, isMinor, tags, text } = revision
  const sizeBytes = Buffer.byteLength(text)
  const sha1 = sha1Base36(text)
  return {
    id,
    parentId,
    timestamp,
    sizeBytes,
    sha1,
    comment,
    editor,
    isMinor,
    contentModel: 'wikitext',
    tags: [...tags],
  }
}

function priorRevisionOf(revision: ToldRevision) {
  const { tags: _tags, ...known } = revisionOf(revision)
  return known
}

function revertOf(method: string, restored: ToldRevision, reverted: readonly ToldRevision[]) {
  return {
    method,
    revertedRevisionIds: reverted.map(({ id }) => id),
    isExact: true,
    restoredRevisionId: restored.id,
  }
}

function redirectTargetOf(text: string): string | null {
  return /^#REDIRECT \[\[([^\]]+)\]\]/.exec(text)?.[1] ?? null
}

function timeOf(atMs: number): string {
  return new Date(STORY_BEGINS_AT_MS + atMs).toISOString()
}
