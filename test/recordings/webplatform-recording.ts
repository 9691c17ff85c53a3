/** Makes a recording of the WebPlatform history: 4,809 real edits with their texts. `--help` says how. */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type EditRecordingSummary, writeEditRecording } from './edit-recording.ts'
import { RecordingInputError } from './recording-input-error.ts'
import { webplatformEdits } from './webplatform-edits.ts'
import { WEBPLATFORM_DATA_PATH } from './webplatform-row.ts'

const OUTPUT_PATH = path.join(import.meta.dirname, '../../recordings/webplatform.ndjson.gz')

const USAGE = `Usage: node test/recordings/webplatform-recording.ts [--input FILE] [--output FILE] [--limit N]

  --input FILE    the history, NDJSON or gzipped NDJSON (default: ../shared/data/webplatform-docs-revisions.ndjson.gz)
  --output FILE   the recording, gzipped when it ends with .gz (default: recordings/webplatform.ndjson.gz)
  --limit N       only the first N edits
`

try {
  const options = readOptions()
  if (options === undefined) process.stdout.write(USAGE)
  else {
    const { input, output, limit } = options
    const summary = await writeEditRecording({
      edits: webplatformEdits(input),
      outputPath: output,
      limit,
      onProgress: (summary) => report(summary),
    })
    report(summary)
    process.stdout.write(`${output}\n`)
  }
} catch (error) {
  if (!(error instanceof RecordingInputError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        input: { type: 'string', default: WEBPLATFORM_DATA_PATH },
        output: { type: 'string', default: OUTPUT_PATH },
        limit: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return undefined
    return { input: values.input, output: values.output, limit: limitOf(values.limit) }
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new RecordingInputError(`${cause.message}\n\n${USAGE}`, { cause })
  }
}

function limitOf(value: undefined | string): undefined | number {
  if (value === undefined) return undefined
  const limit = Number(value)
  if (!Number.isSafeInteger(limit) || limit < 1) throw new TypeError('--limit is a whole number above 0')
  return limit
}

function report({ edits, pages, textBytes }: EditRecordingSummary): void {
  process.stderr.write(`${edits} edits of ${pages} pages, ${(textBytes / 1e6).toFixed(1)} MB of text\n`)
}
