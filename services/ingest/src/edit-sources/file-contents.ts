import { ITEM_BYTES_MAX } from './edit-source.ts'
import { DamagedInputError } from './edit-source-error.ts'
import { type Piece, PieceSplitter } from './piece-splitter.ts'
import { readSourceFile, type SourceFile } from './source-file.ts'

/** Edits or Wikimedia events line by line, a captured event stream, or XML. */
export type FileContents = 'lines' | 'event-stream' | 'xml'

const EVENT_STREAM_LINE = /^(:|(event|id|data|retry):)/
const BEGINNING_BYTES = 100

/** What a file holds, seen from its first line that is not empty; neither its name nor its compression matters. */
export async function fileContentsOf(file: SourceFile): Promise<FileContents> {
  const line = await firstLine(file)
  const beginning =
    line?.bytes
      .subarray(0, BEGINNING_BYTES)
      .toString()
      .replace(/^\uFEFF/, '')
      .trimStart() ?? ''
  if (beginning.startsWith('<')) return 'xml'
  return EVENT_STREAM_LINE.test(beginning) ? 'event-stream' : 'lines'
}

async function firstLine(file: SourceFile): Promise<undefined | Piece> {
  const splitter = new PieceSplitter({ endsWith: 'line-break', bytesMax: ITEM_BYTES_MAX })
  try {
    for await (const chunk of readSourceFile(file, 0, () => {})) {
      const [line] = splitter.push(chunk)
      if (line !== undefined) return line
    }
  } catch (error) {
    // Whoever reads the file comes to the damage as well, and tells of it there.
    if (!(error instanceof DamagedInputError)) throw error
  }
  return splitter.end()
}
