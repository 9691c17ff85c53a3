import type { Edit } from '@freshet/events'

const MODULE_NAMESPACE = 828
/** User and MediaWiki pages, where code is told by the end of the title. */
const CODE_NAMESPACES = new Set([2, 8])

/** The content model of an edit's page: as told, or as MediaWiki takes it from namespace and title by default. */
export function contentModelOf({ wiki, page, revision }: Edit): string {
  const told = revision?.slots.main?.model ?? revision?.contentModel
  if (told) return told
  if (page.namespace === MODULE_NAMESPACE) return page.title.endsWith('/doc') ? 'wikitext' : 'Scribunto'
  if (CODE_NAMESPACES.has(page.namespace)) {
    if (page.title.endsWith('.js')) return 'javascript'
    if (page.title.endsWith('.css')) return 'css'
    if (page.title.endsWith('.json')) return 'json'
  }
  return wiki.includes('wikidata') && page.namespace === 0 ? 'wikibase-item' : 'wikitext'
}
