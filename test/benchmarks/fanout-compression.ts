import { DEFAULT_SUBSCRIPTION, encodeCursor, type Framing } from '@freshet/protocol'
import type { Encoding } from '../../services/fanout/src/representation/content-encoding.ts'
import { GZIP } from '../../services/fanout/src/representation/gzip-encoding.ts'
import { representationOf } from '../../services/fanout/src/representation/representation-of.ts'
import { ZSTD } from '../../services/fanout/src/representation/zstd-encoding.ts'
import { readStoredChange } from '../../services/fanout/src/stored-change.ts'
import { DueFrames } from '../../services/fanout/src/subscription/due-frames.ts'
import { benchmarkRecord } from './fanout-record.ts'

const CHANGES = 2_048
const FORMS: readonly { readonly name: string; readonly framing: Framing; readonly encoding: Encoding }[] = [
  { name: 'deflate', framing: 'websocket', encoding: 'deflate' },
  { name: 'gzip', framing: 'ndjson', encoding: GZIP },
  { name: 'zstd', framing: 'ndjson', encoding: ZSTD },
]

/** What a change becomes in frames of so many, for each way to compress: bytes, and processor time, which all subscribers share. */
export function compressionFigures(batch: number): readonly string[] {
  const changes = Array.from({ length: CHANGES }, (_, number) => {
    const record = { ...benchmarkRecord(number), partition: 0, offset: BigInt(number), timestampMs: 0 }
    return readStoredChange(record) ?? []
  }).flat()
  const plainBytes = changes.reduce((sum, { value }) => sum + value.length, 0)
  const cursor = encodeCursor('kUl4Qm2x9A', [1n])
  return FORMS.map(({ name, framing, encoding }) => {
    const due = new DueFrames(
      representationOf({ framing, encoding }, ['core', 'diff'], DEFAULT_SUBSCRIPTION, batch),
    )
    const before = process.cpuUsage()
    for (const change of changes) due.addChange(change, cursor, 0)
    const { bytes } = due.take()
    const { user, system } = process.cpuUsage(before)
    const each = (total: number) => (total / CHANGES).toFixed(0).padStart(5)
    const ratio = (plainBytes / bytes).toFixed(2)
    return `${name.padEnd(8)} batch=${`${batch}`.padEnd(4)} ${each(bytes)} bytes a change (1/${ratio}), ${each(user + system)} µs of CPU`
  })
}
