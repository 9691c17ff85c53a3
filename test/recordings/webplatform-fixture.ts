import path from 'node:path'

/** Eleven made-up records in the form of the WebPlatform history, with each of its oddities. */
export const WEBPLATFORM_FIXTURE_PATH = path.join(import.meta.dirname, 'fixtures/webplatform-like.ndjson')
