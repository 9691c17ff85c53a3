import { writeSync } from 'node:fs'
import { pino } from 'pino'
import { TextStore } from './text-store.ts'

/** Stores texts one by one until it is killed, and says of each that it is stored: a process for the store's test. */
const [path = '', fromId = ''] = process.argv.slice(2)
const store = new TextStore({ path, bytesMax: 64 * 1024 * 1024, logger: pino({ level: 'silent' }) })
for (let revisionId = Number(fromId); ; revisionId++) {
  store.store([{ wiki: 'enwiki', revisionId, text: `text ${revisionId}` }])
  writeSync(1, `${revisionId}\n`)
}
