import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { EmbeddedChangeLog } from '../embedded-change-log.ts'
import { EDITS } from './crash-topics.ts'

/**
 * Follows the edits from the beginning, while the writer is killed and started again. When it is given the ends on stdin, as
 * `<offset> <offset> …`, it reads up to there and writes for each partition the digest of all that it has read.
 */
await using log = await EmbeddedChangeLog.open({ mode: 'read', directory: process.argv[2] ?? '' })
const partitions = (await log.bounds(EDITS)).map(() => ({ next: 0n, hash: createHash('sha256') }))
const controller = new AbortController()
let ends: readonly bigint[] | undefined

void once(process.stdin, 'data').then(([line]) => {
  ends = String(line).trim().split(' ').map(BigInt)
  stopAtTheEnds()
})
process.stdout.write('reading\n')
const options = {
  topic: EDITS,
  from: partitions.map(() => 0n),
  batchBytesMax: 50_000,
  signal: controller.signal,
}
for await (const { partition, records, nextOffset } of log.read(options)) {
  const state = partitions[partition]
  if (state === undefined) throw new Error(`there is no partition ${partition}`)
  for (const { offset, key, value } of records) {
    if (offset !== state.next) throw new Error(`read offset ${offset}, but ${state.next} is next`)
    state.next++
    addTo(state.hash, key, value)
  }
  if (nextOffset !== state.next) throw new Error('the position moved over records that were not read')
  stopAtTheEnds()
}
process.stdout.write(`${partitions.map(({ hash }) => hash.digest('hex')).join(' ')}\n`)
process.stdin.destroy()

function stopAtTheEnds(): void {
  if (ends?.every((end, partition) => partitions[partition]?.next === end) === true) controller.abort()
}

function addTo(hash: Hash, key: string, value: Uint8Array | null): void {
  hash.update(key)
  hash.update(value ?? '')
}
