import { expect, it } from 'vitest'
import { wikiOfDomain } from './wiki-of-domain.ts'

it.for([
  ['en.wikipedia.org', 'enwiki'],
  ['zh-min-nan.wikipedia.org', 'zh_min_nanwiki'],
  ['de.wiktionary.org', 'dewiktionary'],
  ['commons.wikimedia.org', 'commonswiki'],
  ['www.wikidata.org', 'wikidatawiki'],
  ['www.mediawiki.org', 'mediawikiwiki'],
  ['Docs.Example.com', 'docs_example_com'],
  ['en.wikipedia.org.example', 'en_wikipedia_org_example'],
] as const)('gives the wiki at %s the id %s', ([domain, wiki]) => {
  expect(wikiOfDomain(domain)).toBe(wiki)
})
