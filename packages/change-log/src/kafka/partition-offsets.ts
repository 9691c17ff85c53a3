import type { PartitionBounds } from '../change-log.ts'
import { checkCode } from './broker-error.ts'
import type { Cluster } from './cluster.ts'

const EARLIEST = -2
const LATEST = -1
/** The end counts what open transactions have written: whoever reads up to it has seen them decided. */
const READ_UNCOMMITTED = 0

/** Per partition, the first offset that is kept and the next that will be written, asked of the leaders. */
export async function partitionBounds(cluster: Cluster, topic: string): Promise<readonly PartitionBounds[]> {
  // The end after the beginning, so that it is never before it.
  const earliest = await partitionOffsets(cluster, topic, EARLIEST)
  const ends = await partitionOffsets(cluster, topic, LATEST)
  return earliest.map((offset, partition) => ({ earliest: offset, end: ends[partition] ?? offset }))
}

/** Per partition, the first offset whose record is at least as new; the end where none is. */
export async function offsetsForTime(
  cluster: Cluster,
  topic: string,
  timestampMs: number,
): Promise<readonly bigint[]> {
  const ends = await partitionOffsets(cluster, topic, LATEST)
  const found = await partitionOffsets(cluster, topic, Math.max(0, timestampMs))
  return found.map((offset, partition) => (offset < 0n ? (ends[partition] ?? 0n) : offset))
}

function partitionOffsets(cluster: Cluster, topic: string, timestamp: number): Promise<readonly bigint[]> {
  return cluster.persist(`find offsets of ${topic}`, async () => {
    const all = (await cluster.partitions(topic)).map(({ partition }) => partition)
    const offsets: bigint[] = []
    const asked = [...cluster.byLeader(topic, all)].map(async ([leader, partitions]) => {
      const { responses } = await cluster.requests.to(leader).call('ListOffsets', {
        isolationLevel: READ_UNCOMMITTED,
        topics: [{ topic, partitions: partitions.map((partition) => ({ partition, timestamp })) }],
      })
      for (const { partition, errorCode, offset } of responses.flatMap((answer) => answer.partitions)) {
        checkCode(`find an offset of ${topic}/${partition}`, errorCode)
        offsets[partition] = BigInt(offset)
      }
    })
    await Promise.all(asked)
    return offsets
  })
}
