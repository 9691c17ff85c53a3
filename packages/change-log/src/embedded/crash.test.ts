import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { ChangeLog, LogRecord } from '../change-log.ts'
import { allRecords, endsOf, textOf } from '../contract/contract-subject.ts'
import { CHANGES, CRASH_TOPICS, EDITS, GROUP, LEFT, RIGHT } from './testing/crash-topics.ts'
import { newFolder, openWriter, withDatabase } from './testing/log-folder.ts'
import { seededRandom } from './testing/random.ts'

const ROUNDS = 20
const READERS = 2
/** From its start, for the rounds that are to hit the opening. */
const STARTING_MS_MAX = 300
/** From its first acknowledgement, for the others. */
const WRITING_MS_MAX = 250

test(`a writer killed ${ROUNDS} times loses nothing acknowledged and leaves nothing half-written`, async () => {
  const directory = newFolder()
  await createTopics(directory)
  const readers = await Promise.all(Array.from({ length: READERS }, () => startReader(directory)))
  const acknowledged = new Set<string>()
  const random = seededRandom(20_260_801)
  for (let round = 1; round <= ROUNDS; round++) {
    await writeAndKill(directory, round, acknowledged, async (firstAcknowledgement) => {
      if (round % 4 === 0) return delay(random() * STARTING_MS_MAX)
      await firstAcknowledgement
      await delay(random() * WRITING_MS_MAX)
    })
  }

  const log = await openWriter(directory)
  const edits = await allRecords(log, EDITS)
  expectAllAcknowledged(acknowledged, edits, await allRecords(log, LEFT), await allRecords(log, CHANGES))
  expectOrder(edits)
  await expectWholeTransactions(log)
  await expectProcessedOnce(log, edits)
  const digests = digestsOf(edits)
  for (const reader of readers) expect(await finish(reader, await endsOf(log, EDITS))).toBe(digests)
  await log[Symbol.asyncDispose]()
  withDatabase(directory, (database) => {
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  })
}, 120_000)

async function createTopics(directory: string): Promise<void> {
  const log = await openWriter(directory)
  await log.ensureTopics(CRASH_TOPICS)
  await log[Symbol.asyncDispose]()
}

async function writeAndKill(
  directory: string,
  round: number,
  acknowledged: Set<string>,
  timeToKill: (firstAcknowledgement: Promise<unknown>) => Promise<void>,
): Promise<void> {
  const child = start('crash-writer.ts', [directory, `${round}`])
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => acknowledged.add(line))
  const end = once(lines, 'close')
  await Promise.race([timeToKill(once(lines, 'line')), endOf(child)])
  child.kill('SIGKILL')
  await end
}

function expectAllAcknowledged(
  acknowledged: ReadonlySet<string>,
  edits: readonly LogRecord[],
  left: readonly LogRecord[],
  changes: readonly LogRecord[],
): void {
  const there = new Set([
    ...edits.map(
      ({ key, partition, offset, value }) => `edit ${key} ${numberOf({ value })} ${partition} ${offset}`,
    ),
    ...left.map(({ value }) => `pair ${numberOf({ value })}`),
    ...changes.map((change) => `change ${sourceOf(change)}`),
  ])
  expect([...acknowledged].filter((line) => !there.has(line))).toEqual([])
}

/** Each writer numbers its edits, so that an edit that is lost from the middle, repeated or moved shows. */
function expectOrder(edits: readonly LogRecord[]): void {
  const lastNumber = new Map<string, number>()
  const next = new Map<number, bigint>()
  for (const { key, partition, offset, value } of edits) {
    expect(offset).toBe(next.get(partition) ?? 0n)
    next.set(partition, offset + 1n)
    const number = numberOf({ value })
    expect(number).toBeGreaterThan(lastNumber.get(key) ?? -1)
    lastNumber.set(key, number)
  }
}

async function expectWholeTransactions(log: ChangeLog): Promise<void> {
  const numbers = async (topic: string) => (await allRecords(log, topic)).map(numberOf).sort((a, b) => a - b)
  const left = await numbers(LEFT)
  expect(left).toEqual(await numbers(RIGHT))
  expect(new Set(left).size).toBe(left.length)
}

/** What the group has committed has come out once, and what it has not committed has not come out. */
async function expectProcessedOnce(log: ChangeLog, edits: readonly LogRecord[]): Promise<void> {
  const committed = await log.committed(GROUP, EDITS)
  const handled = edits.filter(({ partition, offset }) => offset < (committed[partition] ?? 0n))
  const changes = await allRecords(log, CHANGES)
  expect(changes.map(sourceOf).sort()).toEqual(
    handled.map(({ partition, offset }) => `${partition} ${offset}`).sort(),
  )
}

function numberOf({ value }: Pick<LogRecord, 'value'>): number {
  return Number(textOf({ value }).split(' ')[0])
}

function sourceOf(change: LogRecord): string {
  return textOf(change).split(' ').slice(0, 2).join(' ')
}

function digestsOf(edits: readonly LogRecord[]): string {
  const hashes = [0, 1, 2].map(() => createHash('sha256'))
  for (const { partition, key, value } of edits) hashes[partition]?.update(key).update(value ?? '')
  return hashes.map((hash) => hash.digest('hex')).join(' ')
}

async function startReader(directory: string): Promise<ReturnType<typeof start>> {
  const child = start('crash-reader.ts', [directory])
  await once(child.stdout, 'data')
  return child
}

/** The digests of all that the reader has seen, when it has read up to the ends. */
async function finish(reader: ReturnType<typeof start>, ends: readonly bigint[]): Promise<string> {
  const answer = once(reader.stdout, 'data')
  reader.stdin.write(`${ends.join(' ')}\n`)
  return String((await Promise.race([answer, endOf(reader)]))[0]).trim()
}

async function endOf(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit')
  throw new Error(`the process has ended with ${code}`)
}

function start(script: string, options: readonly string[]) {
  const file = fileURLToPath(new URL(`./testing/${script}`, import.meta.url))
  const child = spawn(process.execPath, [file, ...options], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}
