import type { Edit, License } from '@freshet/events'

const CC_BY_SA_4: License = {
  spdx: 'CC-BY-SA-4.0',
  url: 'https://creativecommons.org/licenses/by-sa/4.0/',
}
const CC_BY_4: License = { spdx: 'CC-BY-4.0', url: 'https://creativecommons.org/licenses/by/4.0/' }
const CC0: License = { spdx: 'CC0-1.0', url: 'https://creativecommons.org/publicdomain/zero/1.0/' }

/** Wikidata's entities: items, properties, lexemes and entity schemas. */
const WIKIDATA_ENTITY_NAMESPACES = new Set([0, 120, 146, 640])

/**
 * What Wikimedia's terms of use put a text under (https://foundation.wikimedia.org/wiki/Policy:Terms_of_Use, section 7):
 * CC BY-SA 4.0, but CC BY 4.0 on Wikinews and CC0 for Wikidata's entities. Other wikis say it with the edit, or not.
 */
export function licenseOf(edit: Edit): License | null {
  switch (edit.project) {
    case 'wikidata':
      return WIKIDATA_ENTITY_NAMESPACES.has(edit.page.namespace) ? CC0 : CC_BY_SA_4
    case 'wikinews':
      return CC_BY_4
    default:
      return isWikimedia(edit.domain) ? CC_BY_SA_4 : null
  }
}

/** The address of exactly this revision; of the page where the act made none. */
export function permalinkOf(edit: Edit): string | null {
  if (edit.domain === null) return null
  const query = edit.revision
    ? new URLSearchParams({ oldid: String(edit.revision.id) })
    : new URLSearchParams({ title: edit.page.title.replaceAll(' ', '_') })
  return `https://${edit.domain}/w/index.php?${query}`
}

const WIKIMEDIA_DOMAIN =
  /(^|\.)(wikipedia|wiktionary|wikibooks|wikiquote|wikisource|wikiversity|wikivoyage|wikimedia|mediawiki)\.org$/

function isWikimedia(domain: string | null): boolean {
  return domain !== null && WIKIMEDIA_DOMAIN.test(domain)
}
