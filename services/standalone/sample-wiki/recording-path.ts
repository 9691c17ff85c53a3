import path from 'node:path'

/** The sample wiki's recording: NDJSON, one edit per line, in order of time. `record.ts` makes it of the stories. */
export const SAMPLE_WIKI_RECORDING_PATH = path.join(import.meta.dirname, 'sample-wiki.ndjson')
