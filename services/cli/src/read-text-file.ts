import { readFile, stat } from 'node:fs/promises'
import { CommandError } from './errors.ts'

/** A page has at most 2 MiB; larger files are no wikitext. */
const FILE_BYTES_MAX = 64 * 1024 * 1024

/** @throws CommandError when the file is not there, too large, or no text */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await readBytes(path)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new CommandError(`${path} is not UTF-8 text`, { cause })
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path)
    if (size > FILE_BYTES_MAX) throw new CommandError(`${path} is larger than ${FILE_BYTES_MAX} bytes`)
    return await readFile(path)
  } catch (cause) {
    if (cause instanceof CommandError) throw cause
    throw new CommandError(
      `cannot read ${path}: ${REASONS[(cause as NodeJS.ErrnoException).code ?? ''] ?? cause}`,
      {
        cause,
      },
    )
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it is not yours to read',
}
