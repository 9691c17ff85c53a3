export interface WikiSite {
  readonly project: string | null
  readonly language: string | null
}

const PROJECTS_BY_LANGUAGE = new Set([
  'wikipedia',
  'wiktionary',
  'wikibooks',
  'wikinews',
  'wikiquote',
  'wikisource',
  'wikiversity',
  'wikivoyage',
])

/** Subdomains of Wikimedia's projects that are no language. */
const NOT_A_LANGUAGE = new Set([
  'www',
  'test',
  'test2',
  'beta',
  'nostalgia',
  'ten',
  'thankyou',
  'meta',
  'api',
])

/**
 * Project and language of a Wikimedia domain: `en.wikipedia.org` → wikipedia, en; `commons.wikimedia.org` → commons.
 * Other wikis' domains say neither.
 */
export function wikiSiteOf(domain: string | null): WikiSite {
  const [subdomain = '', family, top, ...rest] = domain?.split('.') ?? []
  if (top !== 'org' || rest.length > 0 || family === undefined) return { project: null, language: null }
  if (PROJECTS_BY_LANGUAGE.has(family)) {
    return { project: family, language: NOT_A_LANGUAGE.has(subdomain) ? null : subdomain }
  }
  if (family === 'wikidata' || family === 'mediawiki') return { project: family, language: null }
  if (family === 'wikimedia') return { project: subdomain, language: null }
  return { project: null, language: null }
}
