import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { EditInput } from '@freshet/events'
import { parsePageStory } from './page-story.ts'
import { ToldPage } from './told-page.ts'
import { ToldWiki } from './told-wiki.ts'

const PAGES_FOLDER = path.join(import.meta.dirname, 'pages')

/**
 * The sample wiki's edits, all pages interleaved in order of time.
 *
 * @throws StoryError when a story of `pages/` cannot be told
 */
export async function sampleWikiEdits(): Promise<EditInput[]> {
  const files = (await readdir(PAGES_FOLDER)).toSorted()
  const wikis = new Map<string, ToldWiki>()
  const acts = []
  for (const file of files) {
    const story = parsePageStory(await readFile(path.join(PAGES_FOLDER, file), 'utf8'), file)
    const wiki = wikis.get(story.wiki) ?? new ToldWiki()
    wikis.set(story.wiki, wiki)
    const page = new ToldPage(story, wiki)
    acts.push(...story.acts.map((act) => ({ page, act })))
  }
  acts.sort((a, b) => a.act.atMs - b.act.atMs)
  return acts.flatMap(({ page, act }) => page.tell(act))
}

/** NDJSON, as Freshet plays it. */
export function recordingOf(edits: readonly EditInput[]): string {
  return edits.map((edit) => `${JSON.stringify(edit)}\n`).join('')
}
