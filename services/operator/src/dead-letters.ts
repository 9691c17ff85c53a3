import { DEAD_LETTERS_TOPIC } from '@freshet/events'
import { deadLetterOf, type KeptDeadLetter } from '@freshet/ingest'
import {
  COMMAND_SETTINGS,
  LOG_SETTINGS,
  type LogSettings,
  openLog,
  programCommand,
  type SettingsGroup,
} from '@freshet/service'
import { Command } from 'commander'
import { z } from 'zod'
import { logger } from './logger.ts'

const BATCH_BYTES_MAX = 1024 * 1024
const EXCERPT_LENGTH = 160

const LIST_SETTINGS = {
  prefix: 'DEAD_LETTERS',
  schema: z.object({
    raw: z.boolean().default(false).describe('Print the whole input instead of how it begins.'),
  }),
} satisfies SettingsGroup

const REPLAY_SETTINGS = {
  prefix: 'DEAD_LETTERS',
  schema: z.object({
    url: z.url().default('http://127.0.0.1:8080').describe('Where the Freshet listens that takes them in.'),
    offset: z
      .string()
      .regex(/^\d+(,\d+)*$/, 'Offsets are whole numbers with commas between them.')
      .transform((text) => text.split(',').map(BigInt))
      .optional()
      .describe('Only these, by offset, with commas between them; left out: all.'),
  }),
} satisfies SettingsGroup

const list = programCommand({
  name: 'list',
  description:
    'Prints one JSON line for each: offset, when, source, position, reason, bytes, and how it begins.',
  groups: { process: COMMAND_SETTINGS, log: LOG_SETTINGS, list: LIST_SETTINGS },
  loggers: [logger],
  async run({ process: { dataDir }, log, list: { raw } }, signal) {
    for await (const letter of deadLetters(log, dataDir, signal)) print(rowOf(letter, raw))
  },
})

const replay = programCommand({
  name: 'replay',
  description:
    'Posts dead letters to a running Freshet, which takes them in or keeps them as dead letters again.',
  groups: { process: COMMAND_SETTINGS, log: LOG_SETTINGS, replay: REPLAY_SETTINGS },
  loggers: [logger],
  async run({ process: { dataDir }, log, replay: { url, offset } }, signal) {
    for await (const letter of deadLetters(log, dataDir, signal)) {
      if (offset !== undefined && !offset.includes(letter.offset)) continue
      const outcome = await post(url, letter)
      print({ offset: Number(letter.offset), ...outcome })
      if (outcome.status >= 400) process.exitCode = 1
    }
  },
})

await new Command('dead-letters')
  .description(
    'Inputs that Freshet could not read: lists them, and sends them in again once the reason is mended. The log may be in use.',
  )
  .addCommand(list)
  .addCommand(replay)
  .parseAsync()

async function* deadLetters(
  settings: LogSettings,
  dataDir: string,
  signal: AbortSignal,
): AsyncGenerator<KeptDeadLetter> {
  await using log = await openLog({ settings, dataDir, mode: 'read', logger })
  const [bounds] = await log.bounds(DEAD_LETTERS_TOPIC)
  if (bounds === undefined || bounds.earliest === bounds.end) return
  const done = new AbortController()
  const read = log.read({
    topic: DEAD_LETTERS_TOPIC,
    from: [bounds.earliest],
    batchBytesMax: BATCH_BYTES_MAX,
    signal: AbortSignal.any([done.signal, signal]),
  })
  for await (const { records, nextOffset } of read) {
    yield* records.map(deadLetterOf)
    if (nextOffset >= bounds.end) done.abort()
  }
}

function print(row: unknown): void {
  process.stdout.write(`${JSON.stringify(row)}\n`)
}

function rowOf({ raw, offset, ...letter }: KeptDeadLetter, isWhole: boolean) {
  const text = Buffer.from(raw).toString()
  return { offset: Number(offset), ...letter, input: isWhole ? text : text.slice(0, EXCERPT_LENGTH) }
}

/** Wikimedia's events name their schema; everything else is tried as an edit. */
async function post(address: string, { raw }: KeptDeadLetter): Promise<{ status: number; answer: string }> {
  const path = Buffer.from(raw).includes('"$schema"') ? '/v1/events' : '/v1/edits'
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(new URL(path, address), { method: 'POST', headers, body: Buffer.from(raw) })
  return { status: response.status, answer: await response.text() }
}
