import type { InfoboxFact, ReferenceFact } from './block-facts.ts'
import type { Facts } from './facts.ts'

/**
 * What an edit did to the facts. What it left alone is absent: `{}` says that no fact changed.
 *
 *     {
 *       "infobox": {"added": [], "removed": [],
 *                   "changed": [{"template": "Infobox town", "key": "population", "old": "9,100", "new": "9,250"}]},
 *       "links": {"added": ["Oslo"], "removed": []}
 *     }
 */
export interface FactsDelta {
  readonly redirectTarget?: { readonly old: null | string; readonly new: null | string }
  /** A parameter is the same one when template, key and how manieth of these in the page are. */
  readonly infobox?: NamesDelta<InfoboxFact> & { readonly changed: readonly InfoboxChange[] }
  readonly categories?: NamesDelta<string>
  readonly links?: NamesDelta<string>
  readonly templates?: NamesDelta<string>
  /** `changed`: a named reference whose address is another now. */
  readonly references?: NamesDelta<ReferenceFact> & { readonly changed: readonly ReferenceChange[] }
}

export interface NamesDelta<Fact> {
  readonly added: readonly Fact[]
  readonly removed: readonly Fact[]
}

export interface InfoboxChange {
  readonly template: string
  readonly key: string
  readonly old: string
  readonly new: string
}

export interface ReferenceChange {
  readonly name: string
  readonly old: null | string
  readonly new: null | string
}

export function factsDelta(base: Facts, next: Facts): FactsDelta {
  const categories = namesDelta(base.categories, next.categories, String)
  const links = namesDelta(base.links, next.links, String)
  const templates = namesDelta(base.templates, next.templates, String)
  const infobox = infoboxDelta(base.infobox, next.infobox)
  const references = referencesDelta(base.references, next.references)
  return {
    ...(base.redirectTarget !== next.redirectTarget && {
      redirectTarget: { old: base.redirectTarget, new: next.redirectTarget },
    }),
    ...(infobox && { infobox }),
    ...(categories && { categories }),
    ...(links && { links }),
    ...(templates && { templates }),
    ...(references && { references }),
  }
}

function infoboxDelta(base: readonly InfoboxFact[], next: readonly InfoboxFact[]): FactsDelta['infobox'] {
  const parts = keyedDelta(base, next, ({ template, key }) => `${template}\0${key}`)
  const changed = parts.both
    .filter(([before, after]) => before.value !== after.value)
    .map(([before, { template, key, value }]) => ({ template, key, old: before.value, new: value }))
  if (parts.added.length + parts.removed.length + changed.length === 0) return undefined
  return { added: parts.added, removed: parts.removed, changed }
}

function referencesDelta(
  base: readonly ReferenceFact[],
  next: readonly ReferenceFact[],
): FactsDelta['references'] {
  const parts = keyedDelta(base, next, ({ name, url }) => (name === null ? `\0${url}` : name))
  const changed = parts.both.flatMap(([before, { name, url }]) =>
    name === null || before.url === url ? [] : [{ name, old: before.url, new: url }],
  )
  if (parts.added.length + parts.removed.length + changed.length === 0) return undefined
  return { added: parts.added, removed: parts.removed, changed }
}

function namesDelta<Fact>(
  base: readonly Fact[],
  next: readonly Fact[],
  keyOf: (fact: Fact) => string,
): undefined | NamesDelta<Fact> {
  const { added, removed } = keyedDelta(base, next, keyOf)
  return added.length + removed.length === 0 ? undefined : { added, removed }
}

/** Pairs the facts of one key in order: the first with the first, the second with the second. */
function keyedDelta<Fact>(base: readonly Fact[], next: readonly Fact[], keyOf: (fact: Fact) => string) {
  const unpaired = new Map(numbered(base, keyOf))
  const added: Fact[] = []
  const both: (readonly [Fact, Fact])[] = []
  for (const [key, after] of numbered(next, keyOf)) {
    const before = unpaired.get(key)
    if (before === undefined) added.push(after)
    else both.push([before, after])
    unpaired.delete(key)
  }
  return { added, removed: [...unpaired.values()], both }
}

function numbered<Fact>(facts: readonly Fact[], keyOf: (fact: Fact) => string): readonly [string, Fact][] {
  const counts = new Map<string, number>()
  return facts.map((fact) => {
    const key = keyOf(fact)
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    return [`${count}\0${key}`, fact]
  })
}
