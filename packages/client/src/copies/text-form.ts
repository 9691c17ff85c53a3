import { applyDiff, DiffError, type TextDiff } from '@freshet/diff'
import type { CopyForm } from './copy-form.ts'
import type { FetchedText } from './fetch-page.ts'
import { textDigest } from './text-digest.ts'

/** Copies that are the source text of a page. */
export const textForm: CopyForm<string, TextDiff, FetchedText> = {
  part: 'diff',
  partOf: (change) => change.diff,
  empty: '',
  digestOf: textDigest,
  resultDigestOf: (diff) => diff.to.sha256,
  apply: (text, diff) => ('replace' in diff ? checked(diff.replace, diff) : applied(text, diff)),
  fromPage: (page) => page.wikitext,
}

function applied(text: string, diff: TextDiff): string | undefined {
  try {
    return applyDiff(text, diff)
  } catch (error) {
    if (error instanceof DiffError) return undefined
    throw error
  }
}

/** A replacement needs no base. */
function checked(text: string, diff: TextDiff): string | undefined {
  return textDigest(text) === diff.to.sha256 ? text : undefined
}
