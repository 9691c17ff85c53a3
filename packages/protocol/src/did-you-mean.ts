const DISTANCE_MAX = 3

/** ` Did you mean "…"?` with the closest of the words that exist, or nothing when none is close. */
export function didYouMean(word: string, existing: readonly string[]): string {
  const longest = existing.reduce((length, candidate) => Math.max(length, candidate.length), 0)
  if (word.length > longest + DISTANCE_MAX) return ''
  const limit = Math.min(DISTANCE_MAX, Math.ceil(word.length / 2))
  const [closest] = existing
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance)
  return closest === undefined ? '' : ` Did you mean "${closest.candidate}"?`
}

/** Levenshtein's distance: how many characters must be put in, taken out or replaced. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
