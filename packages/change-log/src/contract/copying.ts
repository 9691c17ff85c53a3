import type { ChangeLog, LogRecord, NewRecord, ProcessOptions, RecordPosition } from '../change-log.ts'
import { endsOf, record, testSignal, textOf } from './contract-subject.ts'

/** Copies each record to another topic. */
export function copying(from: string, to: string): ProcessOptions {
  return {
    group: 'copy',
    topic: from,
    batchRecordsMax: 100,
    batchBytesMax: 1024 * 1024,
    handler: async (records) => ({ append: copiesOf(records, to), onCommit: () => {} }),
    // So that all that is said of `process` is said of one that looks ahead, too.
    onUpcoming: () => undefined,
    signal: new AbortController().signal,
  }
}

export function copiesOf(records: readonly LogRecord[], topic: string): readonly NewRecord[] {
  return records.map(({ key, value }) => ({ topic, key, headers: {}, value }))
}

export async function appendNumbers(log: ChangeLog, topic: string, count: number): Promise<void> {
  await log.append(numbers(count).map((number) => record(topic, `page-${number}`, `${number}`)))
}

export async function appendLarge(log: ChangeLog, topic: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++)
    await log.append([record(topic, `${index}`, 'x'.repeat(20_000))])
}

/** Runs until the group has handled all that is there now. */
export async function processUntilAt(log: ChangeLog, options: ProcessOptions): Promise<void> {
  const ends = await endsOf(log, options.topic)
  const controller = testSignal()
  const processing = log.process({ ...options, signal: controller.signal })
  await Promise.race([processing, untilCommitted(log, options.group, options.topic, ends, controller.signal)])
  controller.abort()
  await processing
}

/** Runs until so many outputs are committed. */
export async function processUntil(log: ChangeLog, options: ProcessOptions, outputs: number): Promise<void> {
  const controller = testSignal()
  let committed = 0
  await log.process({
    ...options,
    signal: controller.signal,
    handler: async (records, context) => {
      const { append, onCommit } = await options.handler(records, context)
      const count = (positions: readonly RecordPosition[]) => {
        onCommit(positions)
        committed += positions.length
        if (committed >= outputs) controller.abort()
      }
      return { append, onCommit: count }
    },
  })
}

export async function untilCommitted(
  log: ChangeLog,
  group: string,
  topic: string,
  ends: readonly bigint[],
  signal: AbortSignal = testSignal().signal,
): Promise<void> {
  while (!signal.aborted) {
    const positions = await log.committed(group, topic)
    if (positions.every((offset, partition) => offset >= (ends[partition] ?? 0n))) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

export function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}

export function byNumber(left: number, right: number): number {
  return left - right
}

export function numbersOf(records: readonly LogRecord[]): readonly number[] {
  return records.map((found) => Number(textOf(found))).sort(byNumber)
}
