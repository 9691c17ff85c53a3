import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import type { ChangeLog, RecordBatch } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import { MovingCursor, type Part, UNBATCHED } from '@freshet/protocol'
import { Representation } from '../representation/representation.ts'
import { type ReplayRun, readRun } from '../subscription/replay-run.ts'
import { unreadableGap } from '../subscription/unreadable-gap.ts'
import type { OffsetRange } from './segment-ranges.ts'

/** Each level above costs more processor time than it saves bytes. */
const ZSTD_LEVEL = 3
const READ_BYTES = 1024 * 1024

export interface SegmentSource {
  readonly log: ChangeLog
  readonly range: OffsetRange
  readonly parts: readonly Part[]
}

export interface WrittenSegment {
  readonly changes: number
  readonly bytes: number
  readonly textBytes: number
  readonly sha256: string
}

/** Writes the frames of a range of the log, as a stream in NDJSON would have them, into a file of one zstd frame. */
export async function writeSegment(
  source: SegmentSource,
  path: string,
  signal: AbortSignal,
): Promise<WrittenSegment> {
  const counts = { changes: 0, textBytes: 0 }
  const digest = createHash('sha256')
  let bytes = 0
  const measured = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      digest.update(chunk)
      bytes += chunk.length
      yield chunk
    }
  }
  const file = createWriteStream(path, { flush: true })
  await pipeline(frames(source, counts, signal), compress, measured, file, { signal })
  return { ...counts, bytes, sha256: digest.digest('hex') }
}

/**
 * One zstd frame. The stream is ended only after the last chunk has gone through it: what Node does with a chunk depends on
 * whether the end is known by then, and the same changes have to give the same bytes.
 */
async function* compress(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const stream = createZstdCompress({
    params: {
      [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  })
  const feed = async () => {
    for await (const chunk of chunks) {
      await new Promise<void>((resolve, reject) => {
        stream.write(chunk, (error) => (error ? reject(error) : resolve()))
      })
    }
    stream.end()
  }
  feed().catch((error) => stream.destroy(error))
  yield* stream
}

async function* frames(
  { log, range, parts }: SegmentSource,
  counts: { changes: number; textBytes: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const cursor = new MovingCursor(log.id, range.from)
  const representation = new Representation('ndjson', parts, '', UNBATCHED)
  for await (const { records } of batchesOf(log, range, signal)) {
    for (let start = 0; start < records.length; ) {
      const run = nextFrames(records, start, representation, cursor)
      start = run.stop
      counts.changes += run.changes
      for (const frames of run.pieces) {
        counts.textBytes += frames.length
        yield frames
      }
    }
  }
}

/** Those of the readable records from `start` on, or the gap of the one that is not. */
function nextFrames(
  records: RecordBatch['records'],
  start: number,
  representation: Representation,
  cursor: MovingCursor,
): Pick<ReplayRun, 'stop' | 'changes' | 'pieces'> {
  const { plain } = representation
  const record = records[start]
  if (plain === undefined || record === undefined) throw new Error('the frames of a segment are plain')
  const bounds = { roomBytes: READ_BYTES, changesMax: Number.POSITIVE_INFINITY }
  const run = readRun({ records, start, stop: records.length, matches: () => true, plain, ...bounds }, cursor)
  if (run.stop > start) return run
  const from = cursor.toCursor()
  cursor.moveTo(record.partition, record.offset + 1n)
  const gap = representation.control(unreadableGap(from, cursor.toCursor()))
  return { stop: start + 1, changes: 0, pieces: [gap] }
}

/** The records of a range, one partition after the other. */
async function* batchesOf(
  log: ChangeLog,
  { from, to }: OffsetRange,
  signal: AbortSignal,
): AsyncGenerator<Pick<RecordBatch, 'records'>> {
  for (const [partition, stop] of to.entries()) {
    const start = from[partition] ?? stop
    if (start >= stop) continue
    // The other partitions are read from their ends, where nothing is, or only what has just come.
    const ends = (await log.bounds(CHANGES_TOPIC)).map(({ end }) => end)
    const places = ends.map((end, index) => (index === partition ? start : end))
    const done = new AbortController()
    const reading = AbortSignal.any([signal, done.signal])
    const options = { topic: CHANGES_TOPIC, from: places, batchBytesMax: READ_BYTES, signal: reading }
    for await (const batch of log.read(options)) {
      if (batch.partition !== partition) continue
      yield { records: batch.records.filter(({ offset }) => offset < stop) }
      if (batch.nextOffset >= stop) done.abort()
    }
    signal.throwIfAborted()
  }
}
