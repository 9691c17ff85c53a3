import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { ChangeLog, LogRecord, NewRecord, TopicSpec } from '../change-log.ts'

/** One opened log, with what a test needs and the port does not offer. */
export interface ContractSubject {
  readonly log: ChangeLog
  /** Resolves once retention and compaction have removed what they may by now. */
  readonly sweep: () => Promise<void>
  /** Closes the log and opens the same one again; undefined where nothing outlives the adapter. */
  readonly reopen: undefined | (() => Promise<ChangeLog>)
  readonly close: () => Promise<void>
}

export type OpenSubject = () => Promise<ContractSubject>

/** The subject of one test, closed when the test is over. */
export async function subjectOf(open: OpenSubject): Promise<ContractSubject> {
  const subject = await open()
  onTestFinished(subject.close)
  return subject
}

/** A topic that no other test uses. */
export async function newTopic(log: ChangeLog, options: Partial<TopicSpec> = {}): Promise<string> {
  const spec = {
    name: `contract-${randomUUID()}`,
    partitions: 3,
    cleanup: 'delete' as const,
    retentionMs: undefined,
    retentionBytes: undefined,
    ...options,
  }
  await log.ensureTopics([spec])
  return spec.name
}

export function record(topic: string, key: string, text: string): NewRecord {
  return { topic, key, headers: {}, value: Buffer.from(text) }
}

export function tombstone(topic: string, key: string): NewRecord {
  return { topic, key, headers: {}, value: null }
}

export function textOf({ value }: Pick<LogRecord, 'value'>): string {
  return value === null ? '(tombstone)' : Buffer.from(value).toString()
}

/** Signal of a reader or member that ends with the test at the latest. */
export function testSignal(): AbortController {
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  return controller
}

export async function endsOf(log: ChangeLog, topic: string): Promise<readonly bigint[]> {
  return (await log.bounds(topic)).map(({ end }) => end)
}

export async function earliestOf(log: ChangeLog, topic: string): Promise<readonly bigint[]> {
  return (await log.bounds(topic)).map(({ earliest }) => earliest)
}

export interface Span {
  readonly from: readonly bigint[]
  /** Per partition: the records before this offset. */
  readonly until: readonly bigint[]
}

/** The records of a span, in the order in which they were read. */
export async function recordsBetween(
  log: ChangeLog,
  topic: string,
  { from, until }: Span,
  batchBytesMax = 64 * 1024,
): Promise<readonly LogRecord[]> {
  const controller = new AbortController()
  const positions = [...from]
  const isThere = () => positions.every((offset, partition) => offset >= (until[partition] ?? 0n))
  const records: LogRecord[] = []
  if (isThere()) return records
  for await (const batch of log.read({ topic, from, batchBytesMax, signal: controller.signal })) {
    positions[batch.partition] = batch.nextOffset
    const end = until[batch.partition] ?? 0n
    for (const found of batch.records) if (found.offset < end) records.push(found)
    if (isThere()) break
  }
  return records
}

/** All that the topic holds. */
export async function allRecords(log: ChangeLog, topic: string): Promise<readonly LogRecord[]> {
  return recordsBetween(log, topic, { from: await earliestOf(log, topic), until: await endsOf(log, topic) })
}

/** Comparable in any order of partitions: `partition/offset key text`. */
export function linesOf(records: readonly LogRecord[]): readonly string[] {
  return records.map((found) => `${found.partition}/${found.offset} ${found.key} ${textOf(found)}`).sort()
}

/** Resolves once the clock shows a later time than any record that was appended before the call. */
export async function millisecondsLater(count: number): Promise<void> {
  const startMs = Date.now()
  while (Date.now() < startMs + count) await new Promise((resolve) => setImmediate(resolve))
}
