/**
 * `npm run bench:dictionary`: bytes and processor time of a change in each encoding, once for all who get it. The changes are
 * those of a real wiki, with their real parts; dictionaries are made of the earlier four fifths, and the later fifth is sent.
 */
import { InMemoryChangeLog, type NewRecord } from '@freshet/change-log'
import { type CompressionDictionary, dictionaryOf, trainDictionary } from '@freshet/dictionary'
import { CHANGES_TOPIC } from '@freshet/events'
import { sampleChanges } from '@freshet/fanout'
import { DEFAULT_SUBSCRIPTION, encodeCursor, type Framing, type Part } from '@freshet/protocol'
import { BROTLI } from '../../services/fanout/src/representation/brotli-encoding.ts'
import type { Encoding } from '../../services/fanout/src/representation/content-encoding.ts'
import { DictionaryEncoding } from '../../services/fanout/src/representation/dictionary-encoding.ts'
import { GZIP } from '../../services/fanout/src/representation/gzip-encoding.ts'
import type { Representation } from '../../services/fanout/src/representation/representation.ts'
import { representationOf } from '../../services/fanout/src/representation/representation-of.ts'
import { ZSTD } from '../../services/fanout/src/representation/zstd-encoding.ts'
import { readStoredChange, type StoredChange } from '../../services/fanout/src/stored-change.ts'
import { percentile } from './percentile.ts'
import { hasRealChanges, realChanges } from './real-changes.ts'

const KIB = 1024
const MADE_PARTS: readonly Part[] = ['diff', 'chunks']
const PART_SETS: readonly (readonly Part[])[] = [['core'], ['core', 'diff'], ['core', 'chunks']]
const DICTIONARY_BYTES = [16 * KIB, 32 * KIB, 64 * KIB]
const SAMPLING = { recordsMax: 20_000, bytesMax: 4 * KIB * KIB }
const PARTITIONS = 10
const TRAINING_SHARE = 0.8
const WARM_UP_ROUNDS = 1
const TIMED_ROUNDS = 5

if (hasRealChanges) await printEncodings()
else print('The real edits are not there.')

async function printEncodings(): Promise<void> {
  const records = await Array.fromAsync(realChanges(MADE_PARTS))
  const end = Math.floor(records.length * TRAINING_SHARE)
  const log = await logOf(records.slice(0, end))
  const sent = records.slice(end).flatMap((record, offset) => storedChangeOf(record, offset) ?? [])
  print(
    `${sent.length} changes, by dictionaries of the ${end} before; bytes, times smaller, µs of processor time a change`,
  )
  for (const parts of PART_SETS) {
    const sides: readonly (readonly [string, Framing, Encoding])[] = [
      ['identity', 'ndjson', 'identity'],
      ['deflate (WebSocket)', 'websocket', 'deflate'],
      ['gzip', 'ndjson', GZIP],
      ['zstd', 'ndjson', ZSTD],
      ['br', 'ndjson', BROTLI],
      ...(await dictionaries(log, parts)).map(
        (dictionary) =>
          [
            `zstd, dictionary of ${Math.round(dictionary.bytes.length / KIB)} KiB`,
            'ndjson',
            new DictionaryEncoding(dictionary),
          ] as const,
      ),
    ]
    const forms = sides.map(([name, framing, encoding]) => ({
      name,
      form: representationOf({ framing, encoding }, parts, DEFAULT_SUBSCRIPTION, 1),
      times: [] as number[],
      bytes: 0,
    }))
    // The sides take turns, so that what else the machine does falls on all of them.
    for (let round = 0; round < WARM_UP_ROUNDS + TIMED_ROUNDS; round++) {
      for (const side of forms) {
        const { bytes, microseconds } = rendered(side.form, sent)
        side.bytes = bytes / sent.length
        if (round >= WARM_UP_ROUNDS) side.times.push(microseconds / sent.length)
      }
    }
    print(`\n${parts.join(', ')}`)
    const plain = forms[0]?.bytes ?? 0
    for (const { name, bytes, times } of forms) {
      const columns = [bytes.toFixed(0), (plain / bytes).toFixed(2), percentile(times, 0.5).toFixed(1)]
      print(`  ${name.padEnd(30)} ${columns.map((column) => column.padStart(8)).join('')}`)
    }
  }
}

function rendered(form: Representation, changes: readonly StoredChange[]) {
  const cursor = encodeCursor('benchmarks', Array(PARTITIONS).fill(1_000n))
  const before = process.cpuUsage()
  const bytes = changes.reduce((sum, change) => sum + form.change(change, cursor, undefined).length, 0)
  const { user, system } = process.cpuUsage(before)
  return { bytes, microseconds: user + system }
}

async function dictionaries(
  log: InMemoryChangeLog,
  parts: readonly Part[],
): Promise<readonly CompressionDictionary[]> {
  const samples = await sampleChanges({ log, parts, ...SAMPLING }, new AbortController().signal)
  return DICTIONARY_BYTES.map((bytesMax) => {
    const { bytes } = trainDictionary(samples, { bytesMax, onTried: () => undefined })
    return dictionaryOf({ bytes: Buffer.from(bytes), parts, ratio: 1, ratioWithout: 1 }, '')
  })
}

async function logOf(records: readonly NewRecord[]): Promise<InMemoryChangeLog> {
  const log = new InMemoryChangeLog()
  const kept = { retentionMs: undefined, retentionBytes: undefined }
  await log.ensureTopics([{ name: CHANGES_TOPIC, partitions: PARTITIONS, cleanup: 'delete', ...kept }])
  await log.append(records)
  return log
}

function storedChangeOf(record: NewRecord, offset: number): StoredChange | undefined {
  return readStoredChange({ ...record, partition: 0, offset: BigInt(offset), timestampMs: 0 })
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
