import path from 'node:path'
import { completeEdit, editInputSchema } from '@freshet/events'
import { z } from 'zod'
import type { EditSource, SourceFinding, SourceItem, SourcePosition, SourceStatus } from './edit-source.ts'
import { DamagedInputError, PositionError } from './edit-source-error.ts'
import { mistakesOf } from './mistakes.ts'
import { inspectSourceFile, readSourceFile, type SourceFile } from './source-file.ts'
import { editOfRevision, type PreviousRevision, summaryOf } from './xml-export-edit.ts'
import { type ExportedRevision, XmlExportReader } from './xml-export-reader.ts'

export interface XmlExportSourceOptions {
  /** A dump as MediaWiki writes it, plain, gzipped or bzip2. */
  readonly path: string
  /** The wikis whose edits are wanted; undefined: all. A dump is of one wiki, so it is all of it or nothing. */
  readonly wikis: undefined | ReadonlySet<string>
}

const positionSchema = z.strictObject({
  /** The page and its revision that were the last, counted from 1 in the order of the dump. */
  page: z.int().nonnegative(),
  revision: z.int().nonnegative(),
})
type ExportPosition = z.infer<typeof positionSchema>

const START: ExportPosition = { page: 0, revision: 0 }
/** What is kept of a revision that cannot be read. */
const RAW_LENGTH_MAX = 64 * 1024

/**
 * A MediaWiki XML export, one edit for each revision, in the order of the dump: page by page. A dump cannot be entered in the
 * middle, so going on reads it from its beginning up to the position. A dump that is cut off is read as far as it is whole.
 */
export class XmlExportSource implements EditSource {
  readonly name: string
  readonly #options: XmlExportSourceOptions
  #state: SourceStatus['state'] = 'waiting'
  #detail = ''
  #readBytes = 0

  constructor(options: XmlExportSourceOptions) {
    this.name = `xml-export ${path.resolve(options.path)}`
    this.#options = options
  }

  status(): SourceStatus {
    return { state: this.#state, detail: `${this.#options.path}${this.#detail}`, readBytes: this.#readBytes }
  }

  async *open(position: undefined | SourcePosition, signal: AbortSignal): AsyncGenerator<SourceItem, void> {
    const from = position === undefined ? START : parsePosition(position)
    this.#readBytes = 0
    this.#state = 'connecting'
    try {
      if (signal.aborted) return
      const file = await inspectSourceFile(this.#options.path)
      this.#state = 'connected'
      let previous: undefined | (PreviousRevision & { readonly page: number })
      let revisions = 0
      let last = START
      for await (const revision of this.#revisions(file)) {
        if (signal.aborted) return
        revisions += 1
        last = { page: revision.pageNumber, revision: revision.revisionNumber }
        const before = previous?.page === last.page ? previous : undefined
        previous = { ...summaryOf(revision, before), page: last.page }
        this.#tellProgress(file, last, revisions, from)
        if (!isBehind(last, from)) continue
        yield { ...this.#findingOf(revision, before), position: JSON.stringify(last) }
      }
      if (isBehind(from, last)) throw new PositionError(`${file.path} has only ${last.page} pages`)
    } finally {
      this.#state = 'ended'
    }
  }

  async *#revisions(file: SourceFile): AsyncGenerator<ExportedRevision, void> {
    const reader = new XmlExportReader()
    const decoder = new TextDecoder()
    try {
      for await (const chunk of readSourceFile(file, 0, (bytes) => this.#onRead(bytes))) {
        yield* reader.push(decoder.decode(chunk, { stream: true }))
      }
    } catch (error) {
      // The XML ends there as well, and says so with the revision that is cut off.
      if (!(error instanceof DamagedInputError)) throw error
    }
    yield* reader.push(decoder.decode())
    yield* reader.end()
  }

  #findingOf(revision: ExportedRevision, previous: undefined | PreviousRevision): SourceFinding {
    if (revision.flaw !== undefined) return unreadable(revision, `the XML is broken: ${revision.flaw}`)
    const input = editInputSchema.safeParse(editOfRevision(revision, previous))
    if (!input.success) return unreadable(revision, mistakesOf(input.error.issues))
    const { wikis } = this.#options
    if (wikis !== undefined && !wikis.has(input.data.wiki)) return { type: 'skipped', reason: 'other_wiki' }
    return { type: 'edit', edit: completeEdit(input.data) }
  }

  #tellProgress(file: SourceFile, last: ExportPosition, revisions: number, from: ExportPosition): void {
    const what = isBehind(last, from) ? '' : 'finding the position, '
    const read = `${this.#readBytes} of ${file.sizeBytes} bytes`
    this.#detail = `: ${what}${read}, ${last.page} pages, ${revisions} revisions`
  }

  #onRead(bytes: number): void {
    this.#readBytes += bytes
  }
}

/** @throws PositionError */
function parsePosition(position: SourcePosition): ExportPosition {
  try {
    return positionSchema.parse(JSON.parse(position))
  } catch (cause) {
    throw new PositionError(`${position.slice(0, 200)} is no position in an export`, { cause })
  }
}

function isBehind(place: ExportPosition, other: ExportPosition): boolean {
  return place.page > other.page || (place.page === other.page && place.revision > other.revision)
}

/** The parser keeps no bytes, so what it made of them stands in for them. */
function unreadable({ page, fields }: ExportedRevision, reason: string): SourceFinding {
  const read = { page: Object.fromEntries(page), revision: Object.fromEntries(fields) }
  return { type: 'unreadable', reason, raw: Buffer.from(JSON.stringify(read).slice(0, RAW_LENGTH_MAX)) }
}
