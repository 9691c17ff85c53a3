import { type ChangeAttributes, type Filter, parseFilter } from '@freshet/protocol'
import { seededRandom } from './fanout-events.ts'

const WIKIS = 300
const TITLES = 200_000
const TAGS = ['mobile edit', 'mw-rollback', 'mw-reverted', 'visualeditor']

/** Filters as partners have them: near half watch up to 50 pages, near half some wikis, many ask for more besides. */
export function benchmarkFilters(count: number): readonly Filter[] {
  const random = seededRandom(7)
  return Array.from({ length: count }, () => parseFilter(filterOf(random)))
}

export function benchmarkAttributes(count: number): readonly ChangeAttributes[] {
  const random = seededRandom(11)
  return Array.from({ length: count }, () => ({
    kind: random() < 0.9 ? 'edit' : 'create',
    performer: random() < 0.3 ? 'bot' : random() < 0.7 ? 'registered' : 'anonymous',
    minor: random() < 0.2,
    namespace: random() < 0.7 ? 0 : Math.floor(random() * 15),
    sizeDelta: Math.floor((random() - 0.4) * 2_000),
    page: Math.floor(random() * 1e7) + 1,
    wiki: wikiOf(random),
    project: 'wikipedia',
    language: 'en',
    item: `Q${Math.floor(random() * 1e6) + 1}`,
    title: titleOf(random),
    tags: random() < 0.3 ? [TAGS[Math.floor(random() * TAGS.length)] ?? ''] : [],
  }))
}

function filterOf(random: () => number): object {
  const kind = random()
  const list = (max: number, make: (random: () => number) => string) =>
    Array.from({ length: 1 + Math.floor(random() * max) }, () => make(random))
  const more = {
    ...(random() < 0.4 ? { namespace: [0, 1].slice(0, 1 + Math.floor(random() * 2)) } : {}),
    ...(random() < 0.3 ? { performer: ['registered', 'anonymous'] } : {}),
    ...(random() < 0.2 ? { minSizeDelta: Math.floor(random() * 1_000) } : {}),
    ...(random() < 0.1 ? { kind: 'create' } : {}),
    ...(random() < 0.1 ? { not: { tag: 'mw-reverted' } } : {}),
  }
  if (kind < 0.45) return { title: list(50, titleOf), wiki: wikiOf(random), ...more }
  if (kind < 0.9) return { wiki: list(8, wikiOf), ...more }
  if (kind < 0.95) return { titlePrefix: list(3, (next) => titleOf(next).slice(0, 11)), ...more }
  return {
    any: [{ title: list(20, titleOf) }, { tag: list(2, (next) => TAGS[Math.floor(next() * 4)] ?? '') }],
    ...more,
  }
}

/** A few wikis and titles have most of the edits. */
function wikiOf(random: () => number): string {
  return `w${Math.floor(random() ** 3 * WIKIS)}wiki`
}

function titleOf(random: () => number): string {
  return `Article ${Math.floor(random() ** 2 * TITLES)}`
}
