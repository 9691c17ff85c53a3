/** Indices of a longest strictly increasing subsequence, in order; of several the same one on every machine. */
export function increasingSubsequence(values: readonly number[]): readonly number[] {
  // For each length so far, where its subsequence with the smallest end ends.
  const ends: number[] = []
  const before: number[] = []
  for (const [index, value] of values.entries()) {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((values[ends[middle] as number] as number) < value) low = middle + 1
      else high = middle
    }
    before.push(low > 0 ? (ends[low - 1] as number) : -1)
    ends[low] = index
  }
  const found: number[] = []
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index] as number) found.push(index)
  return found.reverse()
}
