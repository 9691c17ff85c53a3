import {
  type BlockCache,
  type Chunk,
  chunkDelta,
  chunkSnapshot,
  chunksDigest,
  chunksOf,
  readPage,
} from '@freshet/chunks'
import { diffTexts } from '@freshet/diff'
import type { Unavailable } from '@freshet/events'
import type { ArticleChange } from '../article-change.ts'
import type { FetchedText } from '../copies/fetch-page.ts'
import { articleChangeOf, type GivenChange, timesAt } from './article-change-of.ts'

/** What was done to a page, in order. An act that the page's state does not allow does nothing. */
export type PageAct =
  | { readonly kind: 'edit' | 'move'; readonly text: string }
  | { readonly kind: 'delete' | 'undelete' | 'hide' | 'show' }

/** How a page is after an act. */
export interface PageState {
  readonly revisionId: number
  /** Undefined: the page is deleted, or its text hidden. */
  readonly text: string | undefined
  readonly chunks: readonly Chunk[]
}

type GivenRevision = NonNullable<GivenChange['revision']>

/** The history of one page as a server tells of it, with the truth beside it. */
export class PageHistory {
  readonly pageId: number
  readonly title: string
  readonly language: string
  /** Per act that did something, what a subscriber gets, as JSON carries it. */
  readonly changes: ArticleChange[] = []
  readonly states: PageState[] = []
  readonly #cache: BlockCache
  #status: 'none' | 'there' | 'deleted' | 'hidden' = 'none'
  #revisionId: number
  /** Of the latest revision, also when it is deleted or hidden. */
  #text = ''

  constructor(pageId: number, language: string, cache: BlockCache, acts: readonly PageAct[]) {
    this.pageId = pageId
    this.title = `Page ${pageId}`
    this.language = language
    this.#revisionId = pageId * 100_000
    this.#cache = cache
    for (const act of acts) this.#do(act)
  }

  /** The answer of a wiki: `gone` when that revision was never visible, or the latest is not. */
  page(revisionId: number | undefined): FetchedText | 'gone' {
    const state =
      revisionId === undefined
        ? this.states.at(-1)
        : this.states.findLast((it) => it.revisionId === revisionId && it.text !== undefined)
    if (state?.text === undefined) return 'gone'
    return { revisionId: state.revisionId, wikitext: state.text }
  }

  /** The chunks of a revision. */
  chunksAt(revisionId: number): readonly Chunk[] | undefined {
    return this.states.find((it) => it.revisionId === revisionId && it.text !== undefined)?.chunks
  }

  get finalDigest(): string {
    return chunksDigest(this.states.at(-1)?.chunks ?? [])
  }

  #do(act: PageAct): void {
    const status = this.#status
    switch (act.kind) {
      case 'edit':
      case 'move':
        if (status !== 'deleted') this.#edit(act.kind, act.text)
        return
      case 'delete':
        if (status === 'there')
          this.#remove('deleted', { kind: 'delete', revision: this.#revision() }, 'page_deleted')
        return
      case 'undelete':
        if (status === 'deleted') this.#undelete()
        return
      case 'hide':
        if (status === 'there') {
          const revision = { ...this.#revision(), isContentVisible: false }
          this.#remove('hidden', { kind: 'visibility_change', revision }, 'no_new_revision')
        }
        return
      case 'show':
        if (status === 'hidden') this.#show()
    }
  }

  #edit(kind: 'edit' | 'move', text: string): void {
    const isNew = this.#status === 'none'
    const isBaseHidden = this.#status === 'hidden'
    const base = this.#text
    this.#revisionId += 1
    this.#text = text
    this.#status = 'there'
    const [before, chunks] = [this.#chunks(base), this.#chunks(text)]
    this.#tell({
      kind: isNew ? 'create' : kind,
      revision: this.#revision(),
      diff: isBaseHidden ? unavailable('base', 'suppressed') : diffTexts(base, text),
      chunks: isBaseHidden ? chunkSnapshot(chunks) : chunkDelta(before, chunks),
    })
  }

  #remove(
    status: 'deleted' | 'hidden',
    change: Pick<ArticleChange, 'kind'> & { readonly revision: GivenRevision },
    reason: 'page_deleted' | 'no_new_revision',
  ): void {
    this.#status = status
    const missing = unavailable('new', reason)
    const chunks = reason === 'page_deleted' ? chunkSnapshot([]) : missing
    this.#tell({ ...change, diff: missing, chunks })
  }

  #undelete(): void {
    this.#status = 'there'
    const chunks = chunkDelta([], this.#chunks(this.#text))
    this.#tell({ kind: 'undelete', revision: this.#revision(), diff: diffTexts('', this.#text), chunks })
  }

  #show(): void {
    this.#status = 'there'
    const missing = unavailable('new', 'no_new_revision')
    this.#tell({ kind: 'visibility_change', revision: this.#revision(), diff: missing, chunks: missing })
  }

  #revision(): GivenRevision {
    return { id: this.#revisionId, parentId: this.#revisionId - 1 }
  }

  #tell(given: GivenChange): void {
    const { pageId, title, language } = this
    const change = articleChangeOf({ pageId, title, language, ...given, times: timesAt(this.changes.length) })
    this.changes.push(JSON.parse(JSON.stringify(change)))
    const text = this.#status === 'there' ? this.#text : undefined
    const chunks = text === undefined ? [] : this.#chunks(text)
    this.states.push({ revisionId: this.#revisionId, text, chunks })
  }

  #chunks(text: string): readonly Chunk[] {
    const { language } = this
    return chunksOf(readPage(text, { contentModel: 'wikitext', language, cache: this.#cache }))
  }
}

function unavailable(revision: 'new' | 'base', reason: Unavailable['unavailable']['reason']): Unavailable {
  return { unavailable: { revision, reason } }
}
