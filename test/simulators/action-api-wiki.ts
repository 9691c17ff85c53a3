import { hash } from 'node:crypto'

export interface SimulatedRevision {
  readonly revisionId: number
  readonly parentId: number
  readonly pageId: number
  readonly namespace: number
  readonly title: string
  readonly timestamp: string
  readonly text: string
  /** `hidden` and `suppressed` are two degrees of revision deletion; `textmissing`: its storage fails. */
  readonly state: 'visible' | 'hidden' | 'suppressed' | 'deleted' | 'textmissing'
  /** Further slots by role, whose content makes the digest of the revision differ from that of its text. */
  readonly otherSlots: Readonly<Record<string, string>>
  /** How many questions are answered by a database that this revision has not reached yet. */
  readonly laggingAnswers: number
  /** Shows the text although it is hidden, as to an account with that right. */
  readonly isShownAnyway: boolean
}

/** A revision of the main namespace with nothing odd about it. */
export function simulatedRevision(
  revision: Pick<SimulatedRevision, 'revisionId' | 'text'> & Partial<SimulatedRevision>,
): SimulatedRevision {
  return {
    parentId: 0,
    pageId: 1 + (revision.revisionId % 7),
    namespace: 0,
    title: `Page ${1 + (revision.revisionId % 7)}`,
    timestamp: '2024-05-01T12:00:00Z',
    state: 'visible',
    otherSlots: {},
    laggingAnswers: 0,
    isShownAnyway: false,
    ...revision,
  }
}

interface PageResult {
  readonly pageid: number
  readonly ns: number
  readonly title: string
  revisions?: object[]
}

/** What one simulated wiki knows, and how `prop=revisions` puts it (formatversion 2). */
export class ActionApiWiki {
  /** `$wgAPIMaxResultSize`: counts the texts only. */
  resultBytesMax = 8 * 1024 * 1024
  readonly #revisions = new Map<number, SimulatedRevision>()

  put(revision: SimulatedRevision): void {
    this.#revisions.set(revision.revisionId, revision)
  }

  /** The body of `action=query&prop=revisions&revids=…`. */
  query(revisionIds: readonly number[]): object {
    const found = revisionIds.map((id) => this.#see(id)).filter((revision) => revision !== undefined)
    const foundIds = new Set(found.map((revision) => revision.revisionId))
    const bad = revisionIds.filter((id) => !foundIds.has(id))
    // The real one answers in the order of the ids, and lists every page before the first revision is looked at.
    found.sort((a, b) => a.revisionId - b.revisionId)
    const pages = new Map<number, PageResult>()
    for (const { pageId, namespace, title } of found) {
      pages.set(pageId, { pageid: pageId, ns: namespace, title })
    }
    const tooMuch = this.#fill(found, pages)
    return {
      ...(tooMuch === undefined
        ? { batchcomplete: true }
        : {
            continue: { rvcontinue: tooMuch.revisionId, continue: '||' },
            warnings: {
              result: {
                warnings: `This result was truncated because it would otherwise be larger than the limit of ${this.resultBytesMax.toLocaleString('en')} bytes.`,
              },
            },
          }),
      query: {
        ...(bad.length > 0 && {
          badrevids: Object.fromEntries(bad.map((revid) => [revid, { revid, missing: true }])),
        }),
        ...(pages.size > 0 && { pages: [...pages.values()] }),
      },
    }
  }

  #see(revisionId: number): SimulatedRevision | undefined {
    const revision = this.#revisions.get(revisionId)
    if (revision === undefined || revision.state === 'deleted') return undefined
    if (revision.laggingAnswers === 0) return revision
    this.put({ ...revision, laggingAnswers: revision.laggingAnswers - 1 })
    return undefined
  }

  /** Adds revisions to their pages and returns the first that does not fit any more. */
  #fill(
    revisions: readonly SimulatedRevision[],
    pages: ReadonlyMap<number, PageResult>,
  ): SimulatedRevision | undefined {
    let sizeBytes = 0
    for (const revision of revisions) {
      if (isTextShown(revision)) sizeBytes += Buffer.byteLength(revision.text)
      if (sizeBytes > this.resultBytesMax) return revision
      const page = pages.get(revision.pageId)
      if (page !== undefined) page.revisions = [...(page.revisions ?? []), revisionResult(revision)]
    }
    return undefined
  }
}

function isTextShown({ state, isShownAnyway }: SimulatedRevision): boolean {
  return state === 'visible' || isShownAnyway
}

/** The digests are of the text as it is stored; whatever the API sends out is normalized. */
function revisionResult(revision: SimulatedRevision): object {
  const isHidden = revision.state === 'hidden' || revision.state === 'suppressed'
  const sha1 = hash('sha1', revision.text)
  const isShown = isTextShown(revision)
  return {
    revid: revision.revisionId,
    parentid: revision.parentId,
    timestamp: revision.timestamp,
    size: Buffer.byteLength(revision.text),
    ...(isHidden && { sha1hidden: true }),
    ...((!isHidden || isShown) && { sha1: revisionSha1(revision) }),
    slots: {
      main: {
        size: Buffer.byteLength(revision.text),
        ...(isHidden && { sha1hidden: true }),
        ...((!isHidden || isShown) && { sha1 }),
        contentmodel: 'wikitext',
        ...(isHidden && { texthidden: true }),
        ...(revision.state === 'textmissing' && { textmissing: true }),
        ...(isShown && { contentformat: 'text/x-wiki', content: revision.text.normalize('NFC') }),
      },
    },
    ...(revision.state === 'suppressed' && { suppressed: true }),
  }
}

/** In hexadecimal. Of one slot the slot's own; of several a digest over theirs, in the order of their roles. */
export function revisionSha1({ text, otherSlots }: Pick<SimulatedRevision, 'text' | 'otherSlots'>): string {
  const slots = Object.entries({ ...otherSlots, main: text }).sort(([a], [b]) => (a < b ? -1 : 1))
  const [first = '', ...others] = slots.map(([, content]) => hash('sha1', content))
  return others.reduce((so, digest) => hash('sha1', base36(so) + base36(digest)), first)
}

function base36(hex: string): string {
  return BigInt(`0x${hex}`).toString(36).padStart(31, '0')
}
