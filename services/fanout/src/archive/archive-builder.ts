import { rm } from 'node:fs/promises'
import type { ChangeLog, PartitionBounds } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import { decodeCursor, encodeCursor, type Part } from '@freshet/protocol'
import type { SegmentDescription, SegmentLayout } from './segment.ts'
import { writeSegment } from './segment-file.ts'
import type { SegmentFolder } from './segment-folder.ts'
import { type OffsetRange, segmentRanges } from './segment-ranges.ts'

/** How long after a stretch of time its last records may still come in: clocks differ, and commits take a while. */
const SETTLE_MS = 10_000
const OFFSET_MAX = 2n ** 63n - 1n

export interface ArchiveBuilderOptions {
  readonly log: ChangeLog
  readonly folder: SegmentFolder
  readonly layout: SegmentLayout & { readonly parts: readonly Part[] }
  /** Past it the oldest segments go. */
  readonly bytesMax: number
  readonly onBuilt: (segment: SegmentDescription) => void
  readonly onRemoved: (segment: SegmentDescription) => void
}

/** Makes the segments that are missing, the newest first, and removes those that retention or the bound on bytes lets go. */
export class ArchiveBuilder {
  readonly #options: ArchiveBuilderOptions
  /** Nothing before this is made again: there was no room for it, or retention has begun to take it. */
  #floorMs = 0

  constructor(options: ArchiveBuilderOptions) {
    this.#options = options
  }

  /** Resolves when all that is complete at `nowMs` is there. Rejects with what the log or the disk throws; call it again. */
  async build(nowMs: number, signal: AbortSignal): Promise<void> {
    const { log, folder, layout } = this.#options
    const bounds = await log.bounds(CHANGES_TOPIC)
    await this.#removeTrimmed(bounds)
    const firstMs = await this.#firstMs(bounds, signal)
    if (firstMs === undefined) return
    const { windowMs } = layout
    const oldestMs = Math.max(this.#floorMs, Math.floor(firstMs / windowMs) * windowMs)
    const newestMs = (Math.floor((nowMs - SETTLE_MS) / windowMs) - 1) * windowMs
    for (let startMs = newestMs; startMs >= oldestMs && !signal.aborted; startMs -= windowMs) {
      const segments = (await folder.list()).filter((segment) => segment.startMs === startMs)
      if (segments.length > 0 && segments.length === segments[0]?.pieces) continue
      const window = await this.#window(startMs)
      if (mayBeTrimmed(window, bounds)) return
      await this.#buildWindow(startMs, window, segments, signal)
      if (startMs < this.#floorMs) return
    }
  }

  async #buildWindow(
    startMs: number,
    window: OffsetRange,
    present: readonly SegmentDescription[],
    signal: AbortSignal,
  ): Promise<void> {
    const { log, folder, layout, onBuilt } = this.#options
    const ranges = segmentRanges(window, layout.recordsMax)
    const endMs = startMs + layout.windowMs
    for (const [piece, range] of ranges.entries()) {
      if (present.some((segment) => segment.piece === piece)) continue
      const path = folder.temporaryPath()
      try {
        const written = await writeSegment({ log, range, parts: layout.parts }, path, signal)
        const [from, to] = [encodeCursor(log.id, range.from), encodeCursor(log.id, range.to)]
        const place = { startMs, endMs, piece, pieces: ranges.length, from, to }
        onBuilt(await folder.put(path, place, written))
      } finally {
        await rm(path, { force: true })
      }
      await this.#makeRoom()
      if (startMs < this.#floorMs) return
    }
  }

  async #window(startMs: number): Promise<OffsetRange> {
    const { log, layout } = this.#options
    const from = await log.offsetsForTime(CHANGES_TOPIC, startMs)
    return { from, to: await log.offsetsForTime(CHANGES_TOPIC, startMs + layout.windowMs) }
  }

  /** When the oldest record that is kept came into the log; undefined: there is none. */
  async #firstMs(bounds: readonly PartitionBounds[], signal: AbortSignal): Promise<number | undefined> {
    const { log } = this.#options
    const times: number[] = []
    for (const [partition, { earliest, end }] of bounds.entries()) {
      if (earliest === end) continue
      const done = new AbortController()
      const from = bounds.map((other, index) => (index === partition ? earliest : other.end))
      const reading = AbortSignal.any([signal, done.signal])
      for await (const batch of log.read({ topic: CHANGES_TOPIC, from, batchBytesMax: 1, signal: reading })) {
        const [first] = batch.records
        if (batch.partition !== partition || first === undefined) continue
        times.push(first.timestampMs)
        done.abort()
      }
    }
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** A segment that retention has taken a record of could not be made again. */
  async #removeTrimmed(bounds: readonly PartitionBounds[]): Promise<void> {
    for (const segment of await this.#options.folder.list()) {
      if (isTrimmed(this.#rangeOf(segment, bounds.length), bounds)) await this.#remove(segment)
    }
  }

  async #makeRoom(): Promise<void> {
    const { folder, bytesMax } = this.#options
    const segments = await folder.list()
    let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
    for (const segment of segments) {
      if (bytes <= bytesMax) return
      bytes -= segment.bytes
      this.#floorMs = segment.endMs
      await this.#remove(segment)
    }
  }

  async #remove(segment: SegmentDescription): Promise<void> {
    await this.#options.folder.remove(segment)
    this.#options.onRemoved(segment)
  }

  #rangeOf({ from, to }: SegmentDescription, partitions: number): OffsetRange {
    const against = { id: this.#options.log.id, ends: Array<bigint>(partitions).fill(OFFSET_MAX) }
    return { from: decodeCursor(from, against), to: decodeCursor(to, against) }
  }
}

/** Whether retention has removed something of a range. */
function isTrimmed({ from, to }: OffsetRange, bounds: readonly PartitionBounds[]): boolean {
  return bounds.some(({ earliest }, partition) => {
    const first = from[partition] ?? 0n
    return first < earliest && first < (to[partition] ?? 0n)
  })
}

/** A range that was asked for by time begins at what is kept, so whether more was there before cannot be seen. */
function mayBeTrimmed({ from, to }: OffsetRange, bounds: readonly PartitionBounds[]): boolean {
  const isAtFloor = bounds.some(({ earliest }, partition) => {
    const first = from[partition] ?? 0n
    return earliest > 0n && first === earliest && first < (to[partition] ?? 0n)
  })
  return isAtFloor || isTrimmed({ from, to }, bounds)
}
