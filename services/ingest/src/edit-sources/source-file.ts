import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { bunzip2 } from './bunzip2.ts'
import { SourceFileError } from './edit-source-error.ts'
import { gunzip } from './gunzip.ts'

export type Compression = 'none' | 'gzip' | 'bzip2'

/** A file that a source reads. How it is compressed is seen from its first bytes, never from its name. */
export interface SourceFile {
  readonly path: string
  readonly compression: Compression
  readonly sizeBytes: number
}

const CHUNK_BYTES = 64 * 1024
const MAGIC_BYTES = 3

/** @throws SourceFileError */
export async function inspectSourceFile(path: string): Promise<SourceFile> {
  try {
    const { size: sizeBytes } = await stat(path)
    await using file = await open(path)
    const { buffer } = await file.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0)
    return { path, sizeBytes, compression: compressionOf(buffer) }
  } catch (cause) {
    throw unreadableFile(path, cause)
  }
}

/**
 * The file's contents, decompressed. `onRead` is told how many bytes of the file each chunk took. What is whole of a damaged
 * or truncated compressed file comes before the error.
 */
export function readSourceFile(
  file: SourceFile,
  start: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void> {
  const chunks = readChunks(file.path, start, onRead)
  switch (file.compression) {
    case 'none':
      return chunks
    case 'gzip':
      return gunzip(chunks)
    case 'bzip2':
      return bunzip2(chunks)
  }
}

async function* readChunks(path: string, start: number, onRead: (bytes: number) => void) {
  const stream = createReadStream(path, { start, highWaterMark: CHUNK_BYTES })
  try {
    for await (const chunk of stream) {
      onRead(chunk.length)
      yield chunk as Uint8Array
    }
  } catch (cause) {
    throw unreadableFile(path, cause)
  }
}

function compressionOf(magic: Buffer): Compression {
  if (magic[0] === 0x1f && magic[1] === 0x8b) return 'gzip'
  return magic.toString('latin1') === 'BZh' ? 'bzip2' : 'none'
}

function unreadableFile(path: string, cause: unknown): SourceFileError {
  return new SourceFileError(`${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
    cause,
  })
}
