import { applyDiff, type TextDiff } from '@freshet/diff'
import type { ReceivedChange } from './subscriber.ts'

/**
 * A partner's copy of a wiki, kept by applying each diff to the text before. It fails on a change that it has already,
 * on one that is out of order within its page, and on a diff that does not fit. Where changes bring the part `wikitext` too, it fails on a
 * diff that gives another text, and goes on from there when a node did not have the text before and could give no diff.
 */
export class PageTexts {
  readonly #texts = new Map<string, string>()
  readonly #lastRevisions = new Map<string, number>()
  readonly #ids = new Set<string>()

  /** Undefined for a page that is gone or was never seen. */
  text(page: string): string | undefined {
    return this.#texts.get(page)
  }

  get ids(): ReadonlySet<string> {
    return this.#ids
  }

  apply(change: ReceivedChange): void {
    if (this.#ids.has(change.id)) throw new Error(`${change.id} came twice`)
    this.#ids.add(change.id)
    const page = pageKey(change)
    const revision = change.revision?.id ?? 0
    if (revision < (this.#lastRevisions.get(page) ?? 0)) throw new Error(`${change.id} came out of order`)
    this.#lastRevisions.set(page, revision)
    if (change.kind === 'delete') {
      this.#texts.delete(page)
      return
    }
    const base = change.kind === 'create' ? '' : this.#texts.get(page)
    if (base === undefined) throw new Error(`${change.id} changes a page that was not there`)
    this.#texts.set(page, textAfter(base, change))
  }
}

function textAfter(base: string, { id, diff, wikitext }: ReceivedChange): string {
  const hasText = typeof wikitext === 'string'
  if (hasText && 'unavailable' in (diff as object)) return wikitext
  const text = applyDiff(base, diff as TextDiff)
  if (hasText && text !== wikitext) throw new Error(`the diff of ${id} does not give its text`)
  return text
}

export function pageKey({ wiki, page }: Pick<ReceivedChange, 'wiki' | 'page'>): string {
  return `${wiki}:${page.id}`
}
