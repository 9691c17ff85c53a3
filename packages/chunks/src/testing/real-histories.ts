import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const dataFolder = new URL('../../../../../shared/data/', import.meta.url)

/** The data lies beside the repository, and only on developers' machines. */
export const hasRealData = existsSync(new URL('wikidiff2-revision-pairs.json.gz', dataFolder))

export interface RealPair {
  readonly name: string
  readonly language: string
  readonly base: string
  readonly text: string
}

/** 125 edits of Wikipedia in five languages. */
export function wikipediaPairs(): readonly RealPair[] {
  const pairs: Record<string, [string, string][]> = JSON.parse(unzipped('wikidiff2-revision-pairs.json.gz'))
  return Object.entries(pairs).flatMap(([language, edits]) =>
    edits.map(([base, text], index) => ({ name: `${language}-${index}`, language, base, text })),
  )
}

export interface RealHistory {
  readonly name: string
  /** In the order of the file; a deletion is an empty text. */
  readonly texts: readonly string[]
}

/** One for each page of a site. The Arabic one is Markdown, which is text like any other to a chunker. */
export function pageHistories(file: 'webplatform-docs' | 'reactjs-ar'): readonly RealHistory[] {
  const histories = new Map<string, string[]>()
  for (const line of unzipped(`${file}-revisions.ndjson.gz`).trimEnd().split('\n')) {
    const { path, text }: { path: string; text: string | null } = JSON.parse(line)
    const texts = histories.get(path) ?? []
    texts.push(text ?? '')
    histories.set(path, texts)
  }
  return Array.from(histories, ([name, texts]) => ({ name, texts }))
}

function unzipped(file: string): string {
  return gunzipSync(readFileSync(new URL(file, dataFolder))).toString()
}
