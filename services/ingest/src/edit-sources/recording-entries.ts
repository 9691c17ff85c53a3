import { isUtf8 } from 'node:buffer'
import { completeEdit, editInputSchema } from '@freshet/events'
import { ITEM_BYTES_MAX, type SourceFinding } from './edit-source.ts'
import { DamagedInputError } from './edit-source-error.ts'
import { type EventFrame, EventFrames } from './event-frames.ts'
import { mistakesOf } from './mistakes.ts'
import { type Piece, PieceSplitter } from './piece-splitter.ts'
import { readSourceFile, type SourceFile } from './source-file.ts'
import { findingOfWikimediaEvent } from './wikimedia-finding.ts'

/** One line or event of a recording; it is parsed only when it is asked for, so that passing it by is cheap. */
export interface RecordingEntry {
  read(wikis: undefined | ReadonlySet<string>): SourceFinding
  /** Where the next entry starts, in bytes of the decompressed file. */
  readonly endOffset: number
}

/** The entries behind a byte of the decompressed file. What is damaged or cut off at the end is one more entry. */
export async function* recordingEntries(
  file: SourceFile,
  contents: 'lines' | 'event-stream',
  start: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<RecordingEntry, void> {
  const reader = contents === 'lines' ? new LineReader() : new EventReader()
  let damage: undefined | DamagedInputError
  try {
    for await (const chunk of readSourceFile(file, start, onRead)) yield* reader.push(chunk)
  } catch (error) {
    if (!(error instanceof DamagedInputError)) throw error
    damage = error
  }
  const [rest] = reader.end()
  if (rest !== undefined && (damage === undefined || isWhole(rest))) yield rest
  if (damage !== undefined) yield damagedEntry(damage.message, rest)
}

/** The last line may be whole, and only its line break be lost. */
function isWhole(entry: RecordingEntry): boolean {
  return entry.read(undefined).type !== 'unreadable'
}

function damagedEntry(reason: string, rest: undefined | RecordingEntry): RecordingEntry {
  const finding = rest?.read(undefined)
  const raw = finding?.type === 'unreadable' ? finding.raw : new Uint8Array()
  return { read: () => ({ type: 'unreadable', reason, raw }), endOffset: rest?.endOffset ?? 0 }
}

class LineReader {
  readonly #splitter = new PieceSplitter({ endsWith: 'line-break', bytesMax: ITEM_BYTES_MAX })

  push(chunk: Uint8Array): readonly RecordingEntry[] {
    return this.#splitter.push(chunk).map(lineEntry)
  }

  end(): readonly RecordingEntry[] {
    const piece = this.#splitter.end()
    return piece === undefined ? [] : [lineEntry(piece)]
  }
}

class EventReader {
  readonly #frames = new EventFrames(ITEM_BYTES_MAX)

  push(chunk: Uint8Array): readonly RecordingEntry[] {
    return this.#frames.push(chunk).filter(isMessage).map(eventEntry)
  }

  end(): readonly RecordingEntry[] {
    return this.#frames.end().filter(isMessage).map(eventEntry)
  }
}

function isMessage({ event }: EventFrame): boolean {
  return event === undefined || event === 'message'
}

function lineEntry({ bytes, isTooLong, endOffset }: Piece): RecordingEntry {
  return {
    endOffset,
    read(wikis) {
      if (isTooLong) return unreadable(`a line of more than ${ITEM_BYTES_MAX} bytes`, bytes)
      if (!isUtf8(bytes)) return unreadable('the line is not UTF-8', bytes)
      return findingOfJson(bytes.toString(), wikis, bytes)
    },
  }
}

function eventEntry({ data, flaw, endOffset }: EventFrame): RecordingEntry {
  return {
    endOffset,
    read(wikis) {
      if (flaw !== undefined) return unreadable(flaw.reason, flaw.bytes)
      return findingOfJson(data, wikis, Buffer.from(data))
    },
  }
}

function findingOfJson(json: string, wikis: undefined | ReadonlySet<string>, raw: Uint8Array): SourceFinding {
  try {
    const value: unknown = JSON.parse(json)
    const isEvent = typeof value === 'object' && value !== null && '$schema' in value
    return isEvent ? findingOfWikimediaEvent(value, wikis, () => raw) : findingOfEdit(value, wikis, raw)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return unreadable(`no JSON: ${error.message}`, raw)
  }
}

function findingOfEdit(
  value: unknown,
  wikis: undefined | ReadonlySet<string>,
  raw: Uint8Array,
): SourceFinding {
  const input = editInputSchema.safeParse(value)
  if (!input.success) return unreadable(mistakesOf(input.error.issues), raw)
  if (wikis !== undefined && !wikis.has(input.data.wiki)) return { type: 'skipped', reason: 'other_wiki' }
  return { type: 'edit', edit: completeEdit(input.data) }
}

function unreadable(reason: string, raw: Uint8Array): SourceFinding {
  return { type: 'unreadable', reason, raw }
}
