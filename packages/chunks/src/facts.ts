import type { InfoboxFact, ReferenceFact } from './block-facts.ts'
import type { PageReading } from './page-reading.ts'

/** What a page says in a form that programs can ask for. Everything in reading order, and as the page itself says it. */
export interface Facts {
  /** Normalised title; null when the page is no redirect. */
  readonly redirectTarget: null | string
  /** Parameters of infoboxes and other templates that hold data rather than text; a page may have several of a name. */
  readonly infobox: readonly InfoboxFact[]
  /** Names without their namespace, each once. */
  readonly categories: readonly string[]
  /** Titles of the pages that it links to, each once: normalised, local names of namespaces, no sections. */
  readonly links: readonly string[]
  /** Names of the templates that it uses, each once. */
  readonly templates: readonly string[]
  /** `<ref>…</ref>`; places that cite one again by its name are not counted. */
  readonly references: readonly ReferenceFact[]
}

/** A text that is not wikitext has no facts; a redirect has its target and what else stands in it. */
export function factsOf(page: PageReading): Facts {
  const facts = page.blocks.map(({ reading }) => reading.facts)
  return {
    redirectTarget: page.redirectTarget,
    infobox: facts.flatMap(({ infobox }) => infobox),
    categories: unique(facts.flatMap(({ categories }) => categories)),
    links: unique(facts.flatMap(({ links }) => links)),
    templates: unique(facts.flatMap(({ templates }) => templates)),
    references: facts.flatMap(({ references }) => references),
  }
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}
