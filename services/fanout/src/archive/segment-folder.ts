import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDescription, type SegmentDescription, type SegmentLayout, segmentName } from './segment.ts'
import type { WrittenSegment } from './segment-file.ts'

/** What was not finished after this time is of a process that ended; until then it may be another's work. */
const UNFINISHED_MS_MAX = 3_600_000

/**
 * The segments of one log in one layout: a file each, and beside it its description, which is written last. Any number of
 * processes read the folder, and several may write to it: they make the same files, and put them in place whole.
 */
export class SegmentFolder {
  readonly #root: string
  readonly #path: string
  readonly #known = new Map<string, SegmentDescription>()
  #seenMs: number | undefined
  #temporaryFiles = 0

  constructor(root: string, logId: string, { windowMs, recordsMax, parts }: SegmentLayout) {
    this.#root = root
    this.#path = join(root, `${logId}-${windowMs}-${recordsMax}-${parts.join('+')}`)
  }

  pathOf({ name }: Pick<SegmentDescription, 'name'>): string {
    return join(this.#path, name)
  }

  /** By time. Looks into the folder only when something was added or removed. */
  async list(): Promise<readonly SegmentDescription[]> {
    const changedMs = await stat(this.#path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    )
    if (changedMs !== this.#seenMs) await this.#look()
    this.#seenMs = changedMs
    return [...this.#known.values()].toSorted((a, b) => a.startMs - b.startMs || a.piece - b.piece)
  }

  async find(name: string): Promise<SegmentDescription | undefined> {
    await this.list()
    return this.#known.get(name)
  }

  /** Makes the folder, and removes what another layout, another log or an unfinished attempt has left. */
  async prepare(): Promise<void> {
    await mkdir(this.#path, { recursive: true })
    const folders = (await readdir(this.#root)).map((name) => join(this.#root, name))
    for (const folder of folders.filter((each) => each !== this.#path)) {
      await rm(folder, { recursive: true, force: true })
    }
    const names = await readdir(this.#path)
    const described = new Set(names.filter(isDescription).map((name) => name.slice(0, -DESCRIPTION.length)))
    for (const name of names.filter((each) => !isDescription(each) && !described.has(each))) {
      const path = join(this.#path, name)
      const writtenMs = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => Number.POSITIVE_INFINITY,
      )
      if (writtenMs < Date.now() - UNFINISHED_MS_MAX) await rm(path, { force: true })
    }
  }

  /** Where a segment is written before it is known what it is called. */
  temporaryPath(): string {
    return join(this.#path, `${process.pid}-${this.#temporaryFiles++}.unfinished`)
  }

  async put(
    temporaryPath: string,
    place: Pick<SegmentDescription, 'startMs' | 'endMs' | 'piece' | 'pieces' | 'from' | 'to'>,
    written: WrittenSegment,
  ): Promise<SegmentDescription> {
    const name = segmentName(place.startMs, place.piece, written.sha256)
    const description = { name, ...place, ...written }
    const descriptionPath = `${temporaryPath}${DESCRIPTION}`
    await rename(temporaryPath, this.pathOf(description))
    const file = await open(descriptionPath, 'w')
    await file.writeFile(JSON.stringify(description))
    await file.sync()
    await file.close()
    await rename(descriptionPath, `${this.pathOf(description)}${DESCRIPTION}`)
    return description
  }

  /** Whoever reads it at this moment reads on. */
  async remove(segment: SegmentDescription): Promise<void> {
    await rm(`${this.pathOf(segment)}${DESCRIPTION}`, { force: true })
    await rm(this.pathOf(segment), { force: true })
  }

  async #look(): Promise<void> {
    const names = await readdir(this.#path).catch(() => [])
    const there = new Set(names)
    for (const name of this.#known.keys()) if (!there.has(`${name}${DESCRIPTION}`)) this.#known.delete(name)
    for (const name of names.filter(isDescription)) {
      const segment = name.slice(0, -DESCRIPTION.length)
      if (this.#known.has(segment) || !there.has(segment)) continue
      // It may have been removed since the folder was looked at.
      const json = await readFile(join(this.#path, name), 'utf8').catch(() => undefined)
      if (json !== undefined) this.#known.set(segment, parseDescription(json))
    }
  }
}

const DESCRIPTION = '.json'

function isDescription(name: string): boolean {
  return name.endsWith(`.ndjson.zst${DESCRIPTION}`)
}
