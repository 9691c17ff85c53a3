import { type ChangeLog, EmbeddedChangeLog } from '@freshet/change-log'
import { DEAD_LETTERS_TOPIC } from '@freshet/events'
import { deadLetterOf, type KeptDeadLetter } from '@freshet/ingest'
import { Command, InvalidArgumentError } from 'commander'

const BATCH_BYTES_MAX = 1024 * 1024
const EXCERPT_LENGTH = 160

const command = new Command('dead-letters')
  .description(
    'Inputs that Freshet could not read: lists them, and sends them in again once the reason is mended.',
  )
  .option('--data-dir <folder>', 'where Freshet keeps its data; may be in use', 'data')

command
  .command('list')
  .description(
    'Prints one JSON line for each: offset, when, source, position, reason, bytes, and how it begins.',
  )
  .option('--raw', 'print the whole input instead of how it begins', false)
  .action(async ({ raw }: { raw: boolean }) => {
    for await (const letter of deadLetters()) process.stdout.write(`${JSON.stringify(rowOf(letter, raw))}\n`)
  })

command
  .command('replay')
  .description(
    'Posts dead letters to a running Freshet, which takes them in or keeps them as dead letters again.',
  )
  .option('--url <address>', 'where Freshet listens', 'http://127.0.0.1:8080')
  .option('--offset <number...>', 'only these, by offset; left out: all', offsetsOf)
  .action(async ({ url, offset }: { url: string; offset: readonly bigint[] | undefined }) => {
    for await (const letter of deadLetters()) {
      if (offset !== undefined && !offset.includes(letter.offset)) continue
      const outcome = await post(url, letter)
      process.stdout.write(`${JSON.stringify({ offset: Number(letter.offset), ...outcome })}\n`)
      if (outcome.status >= 400) process.exitCode = 1
    }
  })

await command.parseAsync()

async function* deadLetters(): AsyncGenerator<KeptDeadLetter> {
  const directory = `${command.opts<{ dataDir: string }>().dataDir}/log`
  await using log: ChangeLog = await EmbeddedChangeLog.open({ directory, mode: 'read' })
  const [bounds] = await log.bounds(DEAD_LETTERS_TOPIC)
  if (bounds === undefined || bounds.earliest === bounds.end) return
  const done = new AbortController()
  const read = log.read({
    topic: DEAD_LETTERS_TOPIC,
    from: [bounds.earliest],
    batchBytesMax: BATCH_BYTES_MAX,
    signal: done.signal,
  })
  for await (const { records, nextOffset } of read) {
    yield* records.map(deadLetterOf)
    if (nextOffset >= bounds.end) done.abort()
  }
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

function offsetsOf(text: string, previous: readonly bigint[] = []): readonly bigint[] {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('An offset is a whole number.')
  return [...previous, BigInt(text)]
}
