import { createReadStream, existsSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { RecordingInputError } from './recording-input-error.ts'

/** Where the history lies beside the repository; it is not part of it. */
export const WEBPLATFORM_DATA_PATH = path.join(
  import.meta.dirname,
  '../../../shared/data/webplatform-docs-revisions.ndjson.gz',
)

/** One record of the WebPlatform history. */
export type WebplatformRow = RowFields &
  (
    | { readonly change: 'create' | 'edit'; readonly text: string }
    | { readonly change: 'delete'; readonly text: null }
  )

interface RowFields {
  readonly path: string
  readonly rev_id: number
  readonly timestamp: string
  readonly user: string
  readonly comment: string
}

/**
 * Streams the records in the order of the file, which is grouped by page. Reads `.ndjson` and `.ndjson.gz`.
 *
 * @throws RecordingInputError when the file is missing, damaged, or holds something else
 */
export async function* readWebplatformRows(inputPath: string): AsyncIterable<WebplatformRow> {
  if (!existsSync(inputPath)) {
    throw new RecordingInputError(
      `${inputPath} does not exist. The WebPlatform history is not part of the repository: put ` +
        'webplatform-docs-revisions.ndjson.gz into ../shared/data beside it, or name the file with --input',
    )
  }
  let line = 1
  try {
    for await (const json of linesOf(inputPath)) {
      yield rowOf(JSON.parse(json))
      line += 1
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new RecordingInputError(`${inputPath}, line ${line}: ${reason}`, { cause })
  }
}

async function* linesOf(inputPath: string): AsyncIterable<string> {
  const file = createReadStream(inputPath)
  // The iteration below reports what goes wrong; the pipeline destroys both ends.
  const input = inputPath.endsWith('.gz') ? pipeline(file, createGunzip(), () => {}) : file
  let rest = ''
  // Not readline: it also splits at U+2028, which JSON leaves unescaped.
  for await (const chunk of input.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

function rowOf(record: Partial<Record<keyof WebplatformRow, unknown>>): WebplatformRow {
  const { path, rev_id, timestamp, user, comment, change, text } = record ?? {}
  const isKnownChange = change === 'create' || change === 'edit' || change === 'delete'
  if (!isKnownChange) throw new TypeError(`"change" is ${JSON.stringify(change)}`)
  if (typeof path !== 'string' || !path.endsWith('.md'))
    throw new TypeError('"path" does not name an .md file')
  if (typeof rev_id !== 'number' || !Number.isSafeInteger(rev_id))
    throw new TypeError('"rev_id" is no integer')
  if (typeof timestamp !== 'string' || Number.isNaN(Date.parse(timestamp))) {
    throw new TypeError('"timestamp" is no time')
  }
  if (typeof user !== 'string' || typeof comment !== 'string') {
    throw new TypeError('"user" or "comment" is missing')
  }
  const fields = { path, rev_id, timestamp, user, comment }
  if (change === 'delete') return { ...fields, change, text: null }
  if (typeof text !== 'string') throw new TypeError('"text" is missing')
  return { ...fields, change, text }
}
