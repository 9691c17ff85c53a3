import type { Filter } from './filter.ts'

/** The watch-lists that a filter names anywhere, each once, sorted. */
export function watchListNames(filter: Filter): readonly string[] {
  const names = new Set<string>()
  const waiting = [filter]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const name of next.watchList ?? []) names.add(name)
    waiting.push(...(next.any ?? []), ...(next.all ?? []))
    if (next.not !== undefined) waiting.push(next.not)
  }
  return [...names].toSorted()
}
