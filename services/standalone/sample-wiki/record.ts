/** Writes sample-wiki.ndjson anew from the stories in pages/. Run it after a change to one: `node services/standalone/sample-wiki/record.ts`. */
import { writeFile } from 'node:fs/promises'
import { SAMPLE_WIKI_RECORDING_PATH } from './recording-path.ts'
import { recordingOf, sampleWikiEdits } from './sample-wiki.ts'

const edits = await sampleWikiEdits()
await writeFile(SAMPLE_WIKI_RECORDING_PATH, recordingOf(edits))
process.stdout.write(`${edits.length} edits written to ${SAMPLE_WIKI_RECORDING_PATH}\n`)
