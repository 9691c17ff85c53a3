/** Prints the table of settings for the README: `node test/settings-table.ts`. */
import { FANOUT_SETTINGS } from '@freshet/fanout'
import { INGEST_SETTINGS } from '@freshet/ingest'
import { LOG_SETTINGS, PROCESS_SETTINGS, settingsTable } from '@freshet/service'

process.stdout.write(`${settingsTable([PROCESS_SETTINGS, LOG_SETTINGS, INGEST_SETTINGS, FANOUT_SETTINGS])}\n`)
