import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** One real edit: the text before it and the text after it. */
export interface RealEdit {
  readonly name: string
  readonly base: string
  readonly text: string
}

const dataFolder = new URL('../../../../../shared/data/', import.meta.url)

/** The data lies beside the repository, and only on developers' machines. */
export const hasRealEdits = existsSync(new URL('wikidiff2-revision-pairs.json.gz', dataFolder))

/** 125 edits of Wikipedia in five languages. */
export function wikipediaEdits(): RealEdit[] {
  const pairs: Record<string, [string, string][]> = JSON.parse(unzipped('wikidiff2-revision-pairs.json.gz'))
  return Object.entries(pairs).flatMap(([language, edits]) =>
    edits.map(([base, text], index) => ({ name: `${language}-${index}`, base, text })),
  )
}

/** Every step of a site's whole history: a page's creation comes from the empty text, its deletion leads to it. */
export function historyEdits(file: 'webplatform-docs' | 'reactjs-ar'): RealEdit[] {
  const latest = new Map<string, string>()
  const lines = unzipped(`${file}-revisions.ndjson.gz`).trimEnd().split('\n')
  return lines.map((line, index) => {
    const revision: { path: string; text: string | null } = JSON.parse(line)
    const base = latest.get(revision.path) ?? ''
    const text = revision.text ?? ''
    latest.set(revision.path, text)
    return { name: `${file}-${index}`, base, text }
  })
}

function unzipped(file: string): string {
  return gunzipSync(readFileSync(new URL(file, dataFolder))).toString()
}
