import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { BlockCache } from '@freshet/chunks'
import { type PageAct, PageHistory } from './page-history.ts'

const dataFolder = new URL('../../../../../shared/data/', import.meta.url)

/** The data lies beside the repository, and only on developers' machines. */
export const hasRealHistories = existsSync(new URL('webplatform-docs-revisions.ndjson.gz', dataFolder))

/** One for each page of a site. The Arabic one is Markdown, which is text like any other. */
export function realHistories(file: 'webplatform-docs' | 'reactjs-ar'): readonly PageHistory[] {
  const language = file === 'reactjs-ar' ? 'ar' : 'en'
  const cache = new BlockCache({ sourceLengthMax: 4_000_000 })
  return Array.from(actsByPath(file), (acts, index) => new PageHistory(index + 1, language, cache, acts))
}

function actsByPath(file: string): readonly (readonly PageAct[])[] {
  const pages = new Map<string, PageAct[]>()
  const lines = gunzipSync(readFileSync(new URL(`${file}-revisions.ndjson.gz`, dataFolder)))
  for (const line of lines.toString().trimEnd().split('\n')) {
    const { path, text }: { path: string; text: string | null } = JSON.parse(line)
    const acts = pages.get(path) ?? []
    pages.set(path, acts)
    if (text === null) acts.push({ kind: 'delete' })
    else acts.push({ kind: 'undelete' }, { kind: 'edit', text })
  }
  return [...pages.values()]
}
