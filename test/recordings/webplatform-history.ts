import { RecordingInputError } from './recording-input-error.ts'
import { sha1Base36 } from './sha1-base36.ts'
import { readWebplatformRows, type WebplatformRow } from './webplatform-row.ts'

export interface WebplatformPage {
  /** Numbered from 1, in the order in which the pages appear in the history. */
  readonly id: number
  readonly title: string
  readonly language: string
}

export interface WebplatformRevision {
  readonly id: number
  /** The revision of the page before it in this history; 0 for the first. */
  readonly parentId: number
  readonly timestamp: string
  readonly user: string
  readonly comment: string
  readonly text: string
  readonly sizeBytes: number
  readonly sha1: string
  /** The title that a redirect points to; null for other texts. */
  readonly redirectTarget: string | null
}

export interface WebplatformAct {
  readonly kind: 'create' | 'edit' | 'delete'
  readonly page: WebplatformPage
  readonly user: string
  readonly comment: string
  readonly actedAt: string
  /** The revision that the act made; for a deletion the page's latest. */
  readonly revision: WebplatformRevision
  /** The revision that was replaced; undefined for creations and deletions. */
  readonly priorRevision: WebplatformRevision | undefined
  /** How many revisions the page has had, with this act's. */
  readonly revisionCount: number
}

/**
 * The WebPlatform history as acts on pages, in order of revision id; the two records of one id (a page that was made and
 * deleted in one move) stay in the order of the file. Holds all texts in memory, about 43 MB: the file is grouped by page.
 *
 * A page lives from a creation to its deletion, and every life has a page id of its own, as in MediaWiki. Nine paths
 * have several: redirects that were deleted to make way for a page with an older history of its own. As one page per
 * path, their creations, edits and deletions would contradict each other in order of revision id; as lives, each page's
 * history is whole and in order.
 *
 * @throws RecordingInputError when the file is missing, damaged, or holds something else
 */
export async function readWebplatformHistory(inputPath: string): Promise<readonly WebplatformAct[]> {
  const lived: { readonly row: WebplatformRow; readonly life: Life }[] = []
  let life: Life = { path: '', revisions: [] }
  for await (const row of readWebplatformRows(inputPath)) {
    if (life.path !== row.path || row.change === 'create') life = { path: row.path, revisions: [] }
    lived.push({ row, life })
  }
  lived.sort((a, b) => a.row.rev_id - b.row.rev_id)

  const pages = new Map<Life, WebplatformPage>()
  const deletionTimes = new DeletionTimes()
  return lived.map(({ row, life }) => {
    const page = pages.get(life) ?? {
      id: pages.size + 1,
      title: titleOf(row.path),
      language: languageOf(row.path),
    }
    pages.set(life, page)
    return actOf(row, page, life.revisions, deletionTimes)
  })
}

/** One page, from its creation to its deletion or the end of the history. */
interface Life {
  readonly path: string
  /** Those told so far. */
  readonly revisions: WebplatformRevision[]
}

function actOf(
  row: WebplatformRow,
  page: WebplatformPage,
  revisions: WebplatformRevision[],
  deletionTimes: DeletionTimes,
): WebplatformAct {
  const latest = revisions.at(-1)
  if ((latest === undefined) !== (row.change === 'create')) {
    throw new RecordingInputError(
      `${row.path} has an act "${row.change}" (${row.rev_id}) before its creation`,
    )
  }
  if (row.change !== 'delete') revisions.push(revisionOf(row, latest?.id ?? 0))
  const revision = revisions.at(-1) as WebplatformRevision
  return {
    kind: row.change,
    page,
    user: row.user,
    comment: row.comment,
    actedAt:
      row.change === 'delete' ? deletionTimes.take(page.title, utc(row.timestamp)) : revision.timestamp,
    revision,
    priorRevision: row.change === 'delete' ? undefined : latest,
    revisionCount: revisions.length,
  }
}

function revisionOf(
  row: Exclude<WebplatformRow, { change: 'delete' }>,
  parentId: number,
): WebplatformRevision {
  return {
    id: row.rev_id,
    parentId,
    timestamp: utc(row.timestamp),
    user: row.user,
    comment: row.comment,
    text: row.text,
    sizeBytes: Buffer.byteLength(row.text),
    sha1: sha1Base36(row.text),
    redirectTarget: redirectTargetOf(row.text),
  }
}

/**
 * A deletion's id is made of title and second (`editIdOf`). The history has two deletions of one title in one second,
 * of two pages; the later one is told a second later, so that both have an id.
 */
class DeletionTimes {
  private readonly taken = new Set<string>()

  take(title: string, timestamp: string): string {
    let ms = Date.parse(timestamp)
    while (this.taken.has(`${ms} ${title}`)) ms += 1_000
    this.taken.add(`${ms} ${title}`)
    return isoSecond(ms)
  }
}

/** `Main_Page/zh-hans.md` is a translation; `css/properties/index.md` is in English. */
function titleOf(path: string): string {
  return path.replace(/(\/index)?\.md$/, '').replaceAll('_', ' ')
}

function languageOf(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1, -'.md'.length)
  return file === 'index' ? 'en' : file
}

function redirectTargetOf(text: string): string | null {
  return /^#REDIRECT:?\s*\[\[([^\]|#]+)/i.exec(text)?.[1]?.trim() ?? null
}

function utc(timestamp: string): string {
  return isoSecond(Date.parse(timestamp))
}

/** As MediaWiki writes times: to the second, in UTC. */
function isoSecond(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`
}
