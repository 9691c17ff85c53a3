/** What a project's database names end with: `en.wikipedia.org` is `enwiki`, `de.wiktionary.org` is `dewiktionary`. */
const SUFFIXES: ReadonlyMap<string, string> = new Map([
  ['wikipedia', 'wiki'],
  ['wiktionary', 'wiktionary'],
  ['wikibooks', 'wikibooks'],
  ['wikinews', 'wikinews'],
  ['wikiquote', 'wikiquote'],
  ['wikisource', 'wikisource'],
  ['wikiversity', 'wikiversity'],
  ['wikivoyage', 'wikivoyage'],
])

/**
 * The wiki id for dumps that do not tell it (before export-0.9). Wikimedia's database names follow from the domain; for
 * any other wiki it is the domain itself, with underscores.
 */
export function wikiOfDomain(domain: string): string {
  const [subdomain = '', family = '', top, ...rest] = domain.split('.')
  const suffix = SUFFIXES.get(family)
  const isWikimedia = top === 'org' && rest.length === 0
  if (isWikimedia && suffix !== undefined) return `${subdomain.replaceAll('-', '_')}${suffix}`
  if (isWikimedia && family === 'wikimedia') return `${subdomain}wiki`
  if (isWikimedia && (family === 'wikidata' || family === 'mediawiki')) return `${family}wiki`
  return domain.toLowerCase().replaceAll(/[^a-z0-9-]/g, '_')
}
