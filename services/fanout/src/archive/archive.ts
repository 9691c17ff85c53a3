import type { ChangeLog } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import { decodeCursor, type StreamPoint } from '@freshet/protocol'
import { startOffsets } from '../subscription/start-offsets.ts'
import type { SegmentDescription, SegmentLayout } from './segment.ts'
import { SegmentFolder } from './segment-folder.ts'

export interface ArchiveOptions {
  readonly log: ChangeLog
  /** Where the segments of all processes of this machine are. */
  readonly directory: string
  readonly layout: SegmentLayout
}

/** The segments that there are now, as they are served. Who makes them is `ArchiveBuilder`. */
export class Archive {
  readonly #log: ChangeLog
  readonly #folder: SegmentFolder
  readonly layout: SegmentLayout

  constructor({ log, directory, layout }: ArchiveOptions) {
    this.#log = log
    this.#folder = new SegmentFolder(directory, log.id, layout)
    this.layout = layout
  }

  get logId(): string {
    return this.#log.id
  }

  /** Those with changes at or after `from` and before `until`, by time. Throws a `ProtocolError` for what is no place in this log. */
  async list(from: StreamPoint, until: StreamPoint): Promise<readonly SegmentDescription[]> {
    const bounds = await this.#log.bounds(CHANGES_TOPIC)
    const start = await startOffsets(this.#log, bounds, from)
    const stop = await startOffsets(this.#log, bounds, until)
    const against = { id: this.#log.id, ends: bounds.map(({ end }) => end) }
    return (await this.#folder.list()).filter((segment) => {
      const first = decodeCursor(segment.from, against)
      const next = decodeCursor(segment.to, against)
      return next.some((to, partition) => {
        const begin = max(first[partition] ?? 0n, start[partition] ?? 0n)
        return begin < min(to, stop[partition] ?? 0n)
      })
    })
  }

  find(name: string): Promise<SegmentDescription | undefined> {
    return this.#folder.find(name)
  }

  pathOf(segment: SegmentDescription): string {
    return this.#folder.pathOf(segment)
  }
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
