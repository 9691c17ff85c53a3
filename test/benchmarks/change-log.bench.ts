/**
 * Appends and replays records of 3 KB through the embedded log, beside a plain file with writev and fdatasync, which is about
 * what the disk and this runtime can do at all. Run it by itself: `node test/benchmarks/change-log.bench.ts`.
 */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { EmbeddedChangeLog, type NewRecord } from '@freshet/change-log'

const TOPIC = 'changes'
const PARTITIONS = 10
const VALUE = Buffer.alloc(3000, 'Volunteers edit, and chatbots answer. ')
const ATTRIBUTES = Buffer.alloc(80, 1)
const PAGES = 5000
const RUNS = [
  { batch: 1, records: 3000 },
  { batch: 10, records: 20_000 },
  { batch: 100, records: 50_000 },
  { batch: 1000, records: 100_000 },
]
const IN_FLIGHT = 64
const IN_FLIGHT_RECORDS = 20_000
const RECORDS = RUNS.reduce((sum, { records }) => sum + records, IN_FLIGHT_RECORDS)
const REPLAYS = 3
const READ_BYTES = 256 * 1024
const FRAME_BYTES = VALUE.length + ATTRIBUTES.length

interface Subject {
  readonly append: (from: number, batch: number) => Promise<void>
  /** Returns how many records there were. */
  readonly replay: () => Promise<number>
  readonly close: () => Promise<void>
}

const folder = await mkdtemp(join(tmpdir(), 'freshet-bench-'))
try {
  await measure('embedded', await embedded(join(folder, 'log')))
  await measure('plain file', await plainFile(join(folder, 'plain')))
} finally {
  await rm(folder, { recursive: true })
}

async function measure(name: string, { append, replay, close }: Subject): Promise<void> {
  for (const { batch, records } of RUNS) {
    await timed(`${name}: append, batches of ${batch}`, async () => {
      for (let from = 0; from < records; from += batch) await append(from, batch)
      return records
    })
  }
  await timed(`${name}: append, one by one, ${IN_FLIGHT} in flight`, async () => {
    let next = 0
    const appendOnAndOn = async () => {
      while (next < IN_FLIGHT_RECORDS) await append(next++, 1)
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, appendOnAndOn))
    return IN_FLIGHT_RECORDS
  })
  for (let count = 0; count < REPLAYS; count++) await timed(`${name}: replay`, replay)
  await close()
}

async function timed(title: string, work: () => Promise<number>): Promise<void> {
  const cpuBefore = process.cpuUsage()
  const startMs = performance.now()
  const records = await work()
  const seconds = (performance.now() - startMs) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  const perSecond = Math.round(records / seconds).toLocaleString('en')
  const cpu = ((user + system) / records).toFixed(1)
  process.stdout.write(
    `${title.padEnd(48)} ${perSecond.padStart(10)} records/s ${cpu.padStart(7)} µs of CPU each\n`,
  )
}

async function embedded(directory: string): Promise<Subject> {
  const log = await EmbeddedChangeLog.open({
    mode: 'write',
    directory,
    retentionSweepIntervalMs: 60_000,
    onMaintenanceFailure: (error) => {
      throw error
    },
  })
  await log.ensureTopics([
    {
      name: TOPIC,
      partitions: PARTITIONS,
      cleanup: 'delete',
      retentionMs: undefined,
      retentionBytes: undefined,
    },
  ])
  return {
    append: async (from, batch) => {
      await log.append(Array.from({ length: batch }, (_, index) => recordOf(from + index)))
    },
    replay: () => replayed(log),
    close: () => log[Symbol.asyncDispose](),
  }
}

function recordOf(number: number): NewRecord {
  return { topic: TOPIC, key: `enwiki:${number % PAGES}`, headers: { attributes: ATTRIBUTES }, value: VALUE }
}

async function replayed(log: EmbeddedChangeLog): Promise<number> {
  const controller = new AbortController()
  const options = { topic: TOPIC, from: Array(PARTITIONS).fill(0n), batchBytesMax: READ_BYTES }
  let records = 0
  for await (const batch of log.read({ ...options, signal: controller.signal })) {
    records += batch.records.length
    if (records === RECORDS) break
  }
  return records
}

/** Appends that wait for each other share nothing here, so `in flight` is one fdatasync per record. */
async function plainFile(path: string): Promise<Subject> {
  const file = await open(path, 'a+')
  let last: Promise<unknown> = Promise.resolve()
  const write = async (batch: number) => {
    const frames: Buffer[] = []
    for (let index = 0; index < batch; index++) {
      const head = Buffer.alloc(8)
      head.writeUInt32LE(crc32(VALUE, crc32(ATTRIBUTES)))
      frames.push(head, ATTRIBUTES, VALUE)
    }
    await file.writev(frames)
    await file.datasync()
  }
  return {
    append: (_from, batch) => {
      const next = last.then(() => write(batch))
      last = next
      return next
    },
    replay: async () => {
      const frame = 8 + FRAME_BYTES
      const buffer = Buffer.alloc(Math.floor(READ_BYTES / frame) * frame)
      let records = 0
      for (let position = 0; ; ) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
        if (bytesRead === 0) return records
        position += bytesRead
        for (let at = 0; at < bytesRead; at += frame) {
          const checksum = crc32(buffer.subarray(at + 8 + ATTRIBUTES.length, at + frame), crc32(ATTRIBUTES))
          if (checksum !== buffer.readUInt32LE(at)) throw new Error(`record ${records} is damaged`)
          records++
        }
      }
    },
    close: () => file.close(),
  }
}
