import {
  type BlockCache,
  chunkDelta,
  chunkSnapshot,
  chunksOf,
  factsDelta,
  factsOf,
  type PageReading,
  plainTextOf,
  readPage,
} from '@freshet/chunks'
import {
  alignTexts,
  compareTexts,
  type DiffLimits,
  diffOf,
  patchOf,
  sectionsOf,
  type TextAlignment,
} from '@freshet/diff'
import type { PartUnavailableReason, Unavailable } from '@freshet/events'
import type { Part } from '@freshet/protocol'
import type { PartInput } from './part-input.ts'

export function unavailable(revision: 'new' | 'base', reason: PartUnavailableReason): Unavailable {
  return { unavailable: { revision, reason } }
}

const WIKITEXT = 'wikitext'

/**
 * Two texts, and every part that is made of them. What several parts need (the alignment, the pages taken apart) is
 * worked out once, when the first of them asks.
 */
export class ComparedTexts {
  readonly #input: PartInput
  readonly #limits: DiffLimits
  readonly #cache: BlockCache | undefined
  #alignment: TextAlignment | undefined
  #page: PageReading | undefined
  #basePage: PageReading | undefined

  constructor(input: PartInput, limits: DiffLimits, cache: BlockCache | undefined) {
    this.#input = input
    this.#limits = limits
    this.#cache = cache
  }

  make(part: Part): unknown {
    const { base, text } = this.#input
    if (text.status === 'unavailable') return this.#withoutText(part, text.reason)
    if (base.status === 'unavailable') return this.#withoutBase(part, text.text, base.reason)
    return this.#fromBoth(part, base.text, text.text)
  }

  /** A page that is gone, or whose text is hidden, has no chunks: that holds whatever a partner has of it. */
  #withoutText(part: Part, reason: PartUnavailableReason): unknown {
    const isGone = reason === 'page_deleted' || reason === 'suppressed' || reason === 'deleted'
    return part === 'chunks' && isGone ? chunkSnapshot([]) : unavailable('new', reason)
  }

  /** What is told of the new text alone stands for itself; what needs both says why not. */
  #withoutBase(part: Part, text: string, reason: PartUnavailableReason): unknown {
    switch (part) {
      case 'wikitext':
        return text
      case 'text':
        return plainTextOf(this.#newPage(text))?.text ?? null
      case 'chunks':
        return chunkSnapshot(chunksOf(this.#newPage(text)))
      case 'facts':
        return { replace: factsOf(this.#newPage(text)) }
      default:
        return unavailable('base', reason)
    }
  }

  #fromBoth(part: Part, base: string, text: string): unknown {
    const { edit } = this.#input
    switch (part) {
      case 'core':
        throw new Error('core is not made of texts')
      case 'diff':
        return diffOf(this.#aligned(base, text))
      case 'patch':
        return patchOf(this.#aligned(base, text).lines, { oldName: edit.oldTitle, newName: edit.newTitle })
      case 'compare': {
        const ids = { from: edit.parentId, to: edit.revisionId }
        return compareTexts(base, text, ids, this.#limits) ?? unavailable('new', 'too_large')
      }
      case 'sections':
        if (edit.contentModel !== WIKITEXT) return unavailable('new', 'not_wikitext')
        return sectionsOf(this.#aligned(base, text))
      case 'chunks':
        return chunkDelta(chunksOf(this.#oldPage(base)), chunksOf(this.#newPage(text)))
      case 'facts':
        return factsDelta(factsOf(this.#oldPage(base)), factsOf(this.#newPage(text)))
      case 'text':
        return plainTextOf(this.#newPage(text))?.text ?? null
      case 'wikitext':
        return text
    }
  }

  #aligned(base: string, text: string): TextAlignment {
    this.#alignment ??= alignTexts(base, text, this.#limits)
    return this.#alignment
  }

  #newPage(text: string): PageReading {
    this.#page ??= this.#read(text)
    return this.#page
  }

  #oldPage(base: string): PageReading {
    this.#basePage ??= this.#read(base)
    return this.#basePage
  }

  #read(text: string): PageReading {
    const { contentModel, language } = this.#input.edit
    return readPage(text, { contentModel, language, cache: this.#cache })
  }
}
