/** Per partition, from an offset up to another. */
export interface OffsetRange {
  readonly from: readonly bigint[]
  readonly to: readonly bigint[]
}

/**
 * Cuts a range into ranges of at most `recordsMax` offsets that follow on each other: all of the first partition, then all
 * of the second, and so on. Nothing but the range decides where the cuts are.
 */
export function segmentRanges({ from, to }: OffsetRange, recordsMax: number): readonly OffsetRange[] {
  const ranges: OffsetRange[] = []
  let place = from
  while (place.some((offset, partition) => offset < (to[partition] ?? 0n))) {
    const next = advanced(place, to, BigInt(recordsMax))
    ranges.push({ from: place, to: next })
    place = next
  }
  return ranges
}

function advanced(place: readonly bigint[], to: readonly bigint[], count: bigint): readonly bigint[] {
  let left = count
  return place.map((offset, partition) => {
    const ahead = (to[partition] ?? 0n) - offset
    const step = ahead < left ? ahead : left
    left -= step
    return offset + step
  })
}
