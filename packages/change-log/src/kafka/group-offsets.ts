import { OffsetTrimmedError } from '../errors.ts'
import { checkCode } from './broker-error.ts'
import type { Cluster } from './cluster.ts'
import { stableGroupOffsets } from './requests/stable-group-offsets.ts'
import type { TopicSource } from './topic-source.ts'

/** Per partition, what a group has committed as next to handle; 0 where it has committed nothing. */
export async function committedOffsets(
  cluster: Cluster,
  groupId: string,
  topic: string,
): Promise<readonly bigint[]> {
  return cluster.persist(`find positions of ${groupId}`, async () => {
    const partitions = (await cluster.partitions(topic)).map(({ partition }) => partition)
    const coordinator = await cluster.coordinator('group', groupId)
    const topics = [{ topic, partitions: partitions.map((partition) => ({ partition })) }]
    const answer = await cluster.requests.to(coordinator).call('OffsetFetch', { groupId, topics })
    checkCode(`find positions of ${groupId}`, answer.errorCode)
    const offsets = partitions.map(() => 0n)
    for (const { partition, errorCode, offset } of answer.responses.flatMap((found) => found.partitions)) {
      checkCode(`find the position of ${groupId} in ${topic}/${partition}`, errorCode)
      if (BigInt(offset) > 0n) offsets[partition] = BigInt(offset)
    }
    return offsets
  })
}

/**
 * Where a group goes on in some partitions, once no transaction that moves it is open: what it committed, or the first record that is
 * kept. Rejects with `OffsetTrimmedError` when retention has removed what is next.
 */
export async function nextToHandle(
  cluster: Cluster,
  groupId: string,
  source: TopicSource,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, bigint>> {
  const committed = await cluster.persist(`find positions of ${groupId}`, async () => {
    const coordinator = await cluster.coordinator('group', groupId)
    return cluster.requests.to(coordinator).send(stableGroupOffsets(groupId, source.kafkaName, partitions))
  })
  const bounds = await source.bounds()
  return new Map(
    partitions.map((partition) => {
      const earliest = bounds[partition]?.earliest ?? 0n
      const offset = committed.get(partition) ?? earliest
      if (offset < earliest) throw new OffsetTrimmedError(source.name, partition, offset, earliest)
      return [partition, offset]
    }),
  )
}
