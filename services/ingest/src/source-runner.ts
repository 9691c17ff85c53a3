import { setTimeout as sleep } from 'node:timers/promises'
import { type ChangeLog, type NewRecord, readCompacted } from '@freshet/change-log'
import { SOURCE_POSITIONS_TOPIC } from '@freshet/events'
import { type DeadLetter, deadLetterRecord } from './dead-letter.ts'
import { EDIT_BYTES_MAX, editRecord } from './edit-record.ts'
import type { EditSource, SourceItem } from './edit-sources/edit-source.ts'
import { retryWhileLogUnavailable } from './log-retry.ts'
import { logger } from './logger.ts'
import { onDeadLetters, onEditsTaken, onSkipped } from './metrics.ts'
import { readyBatches } from './ready-batches.ts'

const LAG_POLL_MS = 50
const BATCH = { itemsMax: 500, bytesMax: 8 * 1024 * 1024, bytesOf }
const TOO_LARGE = `an edit has at most ${EDIT_BYTES_MAX} bytes of JSON`

export interface SourceRunnerOptions {
  readonly log: ChangeLog
  readonly source: EditSource
  /** How many edits wait to be enriched. */
  readonly lagRecords: () => number
  /** Past this lag a source is not read from until the enricher has caught up, so that the log does not fill. */
  readonly lagRecordsMax: number
}

/**
 * Reads a source to its end, or until the signal aborts. What was read and how far are appended as one, so that after
 * a crash nothing is lost and nothing is taken twice.
 */
export async function runSource(options: SourceRunnerOptions, signal: AbortSignal): Promise<void> {
  const { log, source } = options
  const readPositions = () => readCompacted(log, SOURCE_POSITIONS_TOPIC, signal)
  const positions = await retryWhileLogUnavailable(
    `read the position of ${source.name}`,
    readPositions,
    signal,
  )
  const position = positions.get(source.name)?.value
  const from = position ? Buffer.from(position).toString() : undefined
  logger.info({ source: source.name, isResuming: from !== undefined }, 'reading the source')
  for await (const batch of readyBatches(source.open(from, signal), BATCH)) {
    await appendBatch(log, source.name, batch, signal)
    while (options.lagRecords() > options.lagRecordsMax && !signal.aborted) await sleep(LAG_POLL_MS)
  }
  if (!signal.aborted) logger.info({ source: source.name }, 'the source is at its end')
}

async function appendBatch(
  log: ChangeLog,
  source: string,
  batch: readonly SourceItem[],
  signal: AbortSignal,
): Promise<void> {
  const { edits, deadLetters, position } = recordsOf(source, batch)
  const records = [...edits, ...deadLetters.map(deadLetterRecord), position]
  await retryWhileLogUnavailable(`append from ${source}`, () => log.transact(records), signal)
  onEditsTaken(source, edits.length)
  onDeadLetters(deadLetters)
  for (const item of batch) if (item.type === 'skipped') onSkipped(item.reason)
}

function recordsOf(source: string, batch: readonly SourceItem[]) {
  const receivedAt = new Date().toISOString()
  const edits: NewRecord[] = []
  const deadLetters: DeadLetter[] = []
  for (const item of batch) {
    if (item.type === 'unreadable') deadLetters.push({ source, ...item })
    if (item.type !== 'edit') continue
    const record = editRecord(item.edit, receivedAt)
    const raw = record.value ?? new Uint8Array()
    if (raw.length <= EDIT_BYTES_MAX) edits.push(record)
    else deadLetters.push({ source, position: item.position, raw, reason: TOO_LARGE })
  }
  return { edits, deadLetters, position: positionRecord(source, batch.at(-1)?.position ?? '') }
}

function positionRecord(source: string, position: string): NewRecord {
  return { topic: SOURCE_POSITIONS_TOPIC, key: source, headers: {}, value: Buffer.from(position) }
}

function bytesOf(item: SourceItem): number {
  switch (item.type) {
    case 'edit':
      return item.edit.text?.length ?? 0
    case 'unreadable':
      return item.raw.length
    case 'skipped':
      return 0
  }
}
