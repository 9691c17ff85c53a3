/**
 * The row of a block says where it belongs: partition and base offset in one integer, so that reading a partition in
 * order is a range scan over rows that lie beside each other. Both limits keep ids exact as JavaScript numbers.
 */
const OFFSETS_PER_PARTITION = 2 ** 40

/** Partitions of all topics of one folder together. */
export const PARTITIONS_MAX = 2 ** 13

export function blockId(partitionId: number, offset: number): number {
  return partitionId * OFFSETS_PER_PARTITION + offset
}

export function baseOffsetOf(id: number): number {
  return id % OFFSETS_PER_PARTITION
}

export function partitionIdOf(id: number): number {
  return Math.floor(id / OFFSETS_PER_PARTITION)
}

/** Below this are the blocks of a partition. */
export function blockIdLimit(partitionId: number): number {
  return (partitionId + 1) * OFFSETS_PER_PARTITION
}
