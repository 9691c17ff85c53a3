import { gunzipSync } from 'node:zlib'
import { LogCorruptError } from '../errors.ts'
import { LentMemory } from './lent-memory.ts'
import { decompressZstd, zstdContentBytes } from './zstd.ts'

/** So much is unpacked in one go: what a batch of our own may be. One that is larger is unpacked by itself. */
const TOGETHER_BYTES_MAX = 1024 * 1024

export const UNCOMPRESSED = 0
const GZIP = 1
const ZSTD = 4

/** The records of a batch as they are stored. */
export interface PackedBatch {
  readonly compression: number
  readonly packed: Buffer
}

export interface Unpacked<Batch> {
  readonly batch: Batch
  readonly bytes: Buffer
  /** Of the bytes, for whoever takes them to give back; undefined for those of the batch itself. */
  readonly memory: undefined | LentMemory
}

/**
 * Unpacks the records of batches, as far as it is asked. Where edits are few a batch is a handful of records, and to begin with
 * each anew would cost more than to unpack them: zstd reads several frames, one behind the other, as if they were one.
 */
export async function* unpackedBatches<Batch extends PackedBatch>(
  batches: Iterable<Batch>,
): AsyncGenerator<Unpacked<Batch>> {
  for (const group of groupsOf(batches)) {
    const bytes = await unpackedTogether(group)
    const memory = bytes && new LentMemory(bytes)
    let at = 0
    for (const batch of group) {
      const start = at
      at += contentBytes(batch) ?? 0
      if (bytes === undefined || at === start) yield await unpackedAlone(batch)
      else {
        memory?.lend()
        yield { batch, bytes: bytes.subarray(start, at), memory }
      }
    }
    memory?.giveBack()
  }
}

function* groupsOf<Batch extends PackedBatch>(batches: Iterable<Batch>): Generator<readonly Batch[]> {
  let group: Batch[] = []
  let bytes = 0
  for (const batch of batches) {
    const added = contentBytes(batch) ?? 0
    if (group.length > 0 && bytes + added > TOGETHER_BYTES_MAX) {
      yield group
      group = []
      bytes = 0
    }
    group.push(batch)
    bytes += added
  }
  if (group.length > 0) yield group
}

/** undefined where there is nothing to gain, and where one of them is not intact: those before it are read all the same. */
async function unpackedTogether(group: readonly PackedBatch[]): Promise<Buffer | undefined> {
  const frames = group.filter((batch) => contentBytes(batch) !== undefined)
  if (frames.length < 2) return undefined
  const bytes = frames.reduce((sum, frame) => sum + (contentBytes(frame) ?? 0), 0)
  try {
    const content = await decompressZstd(Buffer.concat(frames.map(({ packed }) => packed)), bytes)
    return content.length === bytes ? content : undefined
  } catch {
    return undefined
  }
}

/** undefined where it is not known before. */
function contentBytes({ compression, packed }: PackedBatch): number | undefined {
  return compression === ZSTD ? zstdContentBytes(packed) : undefined
}

async function unpackedAlone<Batch extends PackedBatch>(batch: Batch): Promise<Unpacked<Batch>> {
  const { compression, packed } = batch
  switch (compression) {
    case UNCOMPRESSED:
      return { batch, bytes: packed, memory: undefined }
    case GZIP:
      return inMemoryOfItsOwn(batch, gunzipSync(packed))
    case ZSTD:
      return inMemoryOfItsOwn(batch, await decompressZstd(packed, zstdContentBytes(packed)))
    default:
      throw new LogCorruptError(
        `a batch of records is compressed with codec ${compression}: only gzip and zstd are read. Was it written by another program?`,
      )
  }
}

function inMemoryOfItsOwn<Batch>(batch: Batch, bytes: Buffer): Unpacked<Batch> {
  return { batch, bytes, memory: new LentMemory(bytes) }
}
