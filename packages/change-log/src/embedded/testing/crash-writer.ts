import { writeSync } from 'node:fs'
import type { ChangeLog, LogRecord, NewRecord } from '../../change-log.ts'
import { EmbeddedChangeLog } from '../embedded-change-log.ts'
import { CHANGES, CRASH_TOPICS, EDITS, GROUP, LEFT, RIGHT } from './crash-topics.ts'
import { seededRandom } from './random.ts'

const PIPE_WAIT_MS = 5

/**
 * Appends, transacts and processes as fast as it can until it is killed, and writes to stdout what was acknowledged:
 * `edit <writer> <number> <partition> <offset>`, `pair <number>` and `change <partition> <offset>` (of the edit).
 */
const [directory = '', round = '0'] = process.argv.slice(2)
const random = seededRandom(Number(round))
/** Numbers grow over all rounds. */
const firstNumber = Number(round) * 1_000_000

const log: ChangeLog = await EmbeddedChangeLog.open({
  mode: 'write',
  directory,
  retentionSweepIntervalMs: 20,
  onMaintenanceFailure: (error) => {
    throw error
  },
})
await log.ensureTopics(CRASH_TOPICS)
await Promise.all([...['w0', 'w1', 'w2', 'w3'].map(appendEdits), transactPairs(), processEdits()])

async function appendEdits(writer: string): Promise<never> {
  for (let number = firstNumber; ; ) {
    const numbers = Array.from({ length: 1 + Math.floor(random() * 4) }, () => number++)
    const positions = await log.append(numbers.map((each) => newRecord(EDITS, writer, `${each}`)))
    for (const [index, { partition, offset }] of positions.entries()) {
      say(`edit ${writer} ${numbers[index]} ${partition} ${offset}`)
    }
  }
}

async function transactPairs(): Promise<never> {
  for (let number = firstNumber; ; number++) {
    await log.transact([
      newRecord(LEFT, `${number}`, `${number}`),
      newRecord(RIGHT, `${number}`, `${number}`),
    ])
    say(`pair ${number}`)
  }
}

async function processEdits(): Promise<void> {
  await log.process({
    group: GROUP,
    topic: EDITS,
    batchRecordsMax: 20,
    batchBytesMax: 100_000,
    signal: new AbortController().signal,
    handler: async (records) => ({
      append: records.map(({ key, partition, offset }) => newRecord(CHANGES, key, `${partition} ${offset}`)),
      onCommit: () => sayAll(records),
    }),
  })
}

function newRecord(topic: string, key: string, text: string): NewRecord {
  const padding = 'x'.repeat(Math.floor(random() * 6000))
  return { topic, key, headers: {}, value: Buffer.from(`${text} ${padding}`) }
}

function sayAll(records: readonly LogRecord[]): void {
  for (const { partition, offset } of records) say(`change ${partition} ${offset}`)
}

/** At once, so that what was said before the kill arrives. */
function say(line: string): void {
  for (let rest = Buffer.from(`${line}\n`); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      // Whoever reads is behind, and the pipe is full.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_WAIT_MS)
    }
  }
}
