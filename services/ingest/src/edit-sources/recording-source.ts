import path from 'node:path'
import type { Edit } from '@freshet/events'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { EditSource, SourceFinding, SourceItem, SourcePosition, SourceStatus } from './edit-source.ts'
import { PositionError, SourceFileError } from './edit-source-error.ts'
import { fileContentsOf } from './file-contents.ts'
import { Pacer } from './pacer.ts'
import { type RecordingEntry, recordingEntries } from './recording-entries.ts'
import { editInLap, type RecordingSpan, SpanMeter } from './recording-lap.ts'
import { inspectSourceFile, type SourceFile } from './source-file.ts'

export interface RecordingSourceOptions {
  readonly path: string
  /** A factor of the recorded pace: 1 is as it happened, 60 an hour in a minute. */
  readonly pace: 'as-fast-as-possible' | number
  /** Begins again at the end, each time with ids and times of its own (see `editInLap`). */
  readonly loop: boolean
  /** The wikis whose edits are wanted; undefined: all. */
  readonly wikis: undefined | ReadonlySet<string>
  readonly clock: Clock
}

const positionSchema = z.strictObject({
  lap: z.int().nonnegative(),
  /** How many entries of the lap are done. */
  entry: z.int().nonnegative(),
  /** Where the next one starts, in a file that is not compressed; a compressed one has to be read up to the entry. */
  byte: z.int().nonnegative().optional(),
})
type RecordingPosition = z.infer<typeof positionSchema>
type RecordingContents = 'lines' | 'event-stream'

const START: RecordingPosition = { lap: 0, entry: 0, byte: 0 }

/**
 * Plays a recording: a file of edits or Wikimedia events, one in a line, or a captured event stream; gzipped or not. A recording
 * that is cut off or damaged is read as far as it is whole; what cannot be read of it is told in the first lap only.
 */
export class RecordingSource implements EditSource {
  readonly name: string
  readonly #options: RecordingSourceOptions
  readonly #pacer: Pacer
  #state: SourceStatus['state'] = 'waiting'
  #detail = ''
  #readBytes = 0

  constructor(options: RecordingSourceOptions) {
    this.name = `recording ${path.resolve(options.path)}`
    this.#options = options
    this.#pacer = new Pacer(options.pace, options.clock)
  }

  status(): SourceStatus {
    return { state: this.#state, detail: `${this.#options.path}${this.#detail}`, readBytes: this.#readBytes }
  }

  async *open(position: undefined | SourcePosition, signal: AbortSignal): AsyncGenerator<SourceItem, void> {
    let from = position === undefined ? START : parsePosition(position)
    this.#readBytes = 0
    this.#state = 'connecting'
    try {
      if (signal.aborted) return
      const file = await inspectSourceFile(this.#options.path)
      if ((from.byte ?? 0) > file.sizeBytes)
        throw new PositionError(`${file.path} is shorter than the position`)
      const contents = await fileContentsOf(file)
      if (contents === 'xml') throw new SourceFileError(`${file.path} is XML, which is no recording`)
      let span: undefined | RecordingSpan
      this.#state = 'connected'
      this.#pacer.restart()
      while (!signal.aborted) {
        if (from.lap > 0) span ??= await spanOf(file, contents, signal)
        const edits = yield* this.#playLap(file, contents, from, span, signal)
        // A lap without an edit would be the same again and again, at full speed.
        if (!this.#options.loop || (edits === 0 && from.entry === 0)) return
        from = { lap: from.lap + 1, entry: 0, byte: 0 }
      }
    } finally {
      this.#state = 'ended'
    }
  }

  /** Yields the rest of a lap; returns how many edits that were. */
  async *#playLap(
    file: SourceFile,
    contents: RecordingContents,
    from: RecordingPosition,
    span: undefined | RecordingSpan,
    signal: AbortSignal,
  ): AsyncGenerator<SourceItem, number> {
    const start = file.compression === 'none' ? (from.byte ?? 0) : 0
    let entryNumber = start === 0 ? 0 : from.entry
    let edits = 0
    for await (const entry of recordingEntries(file, contents, start, (bytes) => this.#onRead(bytes))) {
      if (signal.aborted) return edits
      entryNumber += 1
      if (entryNumber <= from.entry) continue
      const finding = this.#findingOf(entry, from.lap, span)
      if (finding === undefined) continue
      if (finding.type === 'edit') {
        edits += 1
        await this.#pacer.wait(momentOf(finding.edit), signal)
        if (signal.aborted) return edits
      }
      this.#detail = `: entry ${entryNumber} of lap ${from.lap + 1}; ${this.#readBytes} bytes read, it has ${file.sizeBytes}`
      const byte = file.compression === 'none' ? { byte: start + entry.endOffset } : {}
      yield { ...finding, position: JSON.stringify({ lap: from.lap, entry: entryNumber, ...byte }) }
    }
    if (entryNumber < from.entry) throw new PositionError(`${file.path} has only ${entryNumber} entries`)
    return edits
  }

  #findingOf(entry: RecordingEntry, lap: number, span: undefined | RecordingSpan): undefined | SourceFinding {
    const finding = entry.read(this.#options.wikis)
    if (span === undefined || finding.type === 'skipped') return finding
    return finding.type === 'edit' ? { type: 'edit', edit: editInLap(finding.edit, span, lap) } : undefined
  }

  #onRead(bytes: number): void {
    this.#readBytes += bytes
  }
}

/** @throws PositionError */
function parsePosition(position: SourcePosition): RecordingPosition {
  try {
    return positionSchema.parse(JSON.parse(position))
  } catch (cause) {
    throw new PositionError(`${position.slice(0, 200)} is no position in a recording`, { cause })
  }
}

/** Reads the whole recording once; only a lap after the first one needs it. */
async function spanOf(
  file: SourceFile,
  contents: RecordingContents,
  signal: AbortSignal,
): Promise<RecordingSpan> {
  const meter = new SpanMeter()
  for await (const entry of recordingEntries(file, contents, 0, () => {})) {
    if (signal.aborted) break
    const finding = entry.read(undefined)
    if (finding.type === 'edit') meter.add(finding.edit)
  }
  return meter.span
}

/** When it came through the stream, where that was recorded; otherwise when it happened. */
function momentOf(edit: Edit): number {
  return Date.parse(edit.source?.emittedAt ?? edit.editedAt)
}
