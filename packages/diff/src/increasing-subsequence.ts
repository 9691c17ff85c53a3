/** Indices of a longest strictly increasing subsequence, in order. O(n log n). */
export function longestIncreasingSubsequence(values: readonly number[]): number[] {
  /** Per length, the index of the smallest value that ends a subsequence of that length. */
  const ends: number[] = []
  const before = new Int32Array(values.length)
  for (let index = 0; index < values.length; index++) {
    const length = firstNotBelow(ends, values, values[index] as number)
    before[index] = length === 0 ? -1 : (ends[length - 1] as number)
    ends[length] = index
  }
  const indices: number[] = []
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index] as number) indices.push(index)
  return indices.reverse()
}

function firstNotBelow(ends: readonly number[], values: readonly number[], value: number): number {
  let low = 0
  let high = ends.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[ends[middle] as number] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
