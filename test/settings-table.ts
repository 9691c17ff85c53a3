/** Prints the table of settings for the README: `node test/settings-table.ts`. */
import { FANOUT_SETTINGS } from '@freshet/fanout'
import { INGEST_SETTINGS } from '@freshet/ingest'
import { settingsTable } from '@freshet/service'
import { STANDALONE_SETTINGS } from '@freshet/standalone'

process.stdout.write(`${settingsTable([STANDALONE_SETTINGS, INGEST_SETTINGS, FANOUT_SETTINGS])}\n`)
