import type { Edit } from '@freshet/events'
import { sha1Base36 } from './revision-texts/text-digest.ts'

/** Fills in the size and the digest of a text that the edit carries, where its source does not tell them. */
export function withTextMeasures(edit: Edit): Edit {
  const { revision, text } = edit
  if (revision === null || text === null) return edit
  if (revision.sha1 !== null && revision.sizeBytes !== null) return edit
  const sizeBytes = revision.sizeBytes ?? Buffer.byteLength(text)
  const sha1 = revision.sha1 ?? sha1Base36(text)
  return { ...edit, revision: { ...revision, sizeBytes, sha1 } }
}
