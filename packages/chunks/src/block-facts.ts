import { readPageLink } from './page-link.ts'
import type { RecordEntry } from './records.ts'
import { isParserFunction, templateName } from './template-parameters.ts'
import { CATEGORY_NAMESPACE, FILE_NAMESPACE, type WikiLanguage } from './wiki-language.ts'
import { allNodes, type Span, type TagNode, type WikitextNode } from './wikitext-node.ts'

export interface InfoboxFact {
  readonly template: string
  /** In lower case, with `_` for white space. */
  readonly key: string
  /** Plain text. */
  readonly value: string
}

export interface ReferenceFact {
  /** What other places cite it by; null when it has no name. */
  readonly name: null | string
  /** The first address in it; null when it has none. */
  readonly url: null | string
}

/** What a block says besides its text, in the order of writing and with repeats. */
export interface BlockFacts {
  readonly infobox: readonly InfoboxFact[]
  readonly categories: readonly string[]
  readonly links: readonly string[]
  readonly templates: readonly string[]
  readonly references: readonly ReferenceFact[]
}

/** @param entries of the block, when it is a record */
export function blockFacts(
  source: string,
  nodes: readonly WikitextNode[],
  entries: readonly RecordEntry[],
  language: WikiLanguage,
): BlockFacts {
  const categories: string[] = []
  const links: string[] = []
  const templates: string[] = []
  const references: ReferenceFact[] = []
  for (const node of allNodes(nodes)) {
    if (node.kind === 'link') {
      const link = readPageLink(source, node, language)
      if (link === undefined || link.title === '') continue
      if (link.namespace === CATEGORY_NAMESPACE && !link.isEscaped) categories.push(link.name)
      else if (link.namespace === FILE_NAMESPACE && !link.isEscaped) continue
      else if (!link.isInterlanguage) links.push(link.title)
    } else if (node.kind === 'template') {
      const name = templateName(source, node, language)
      if (name !== '' && !isParserFunction(name, language)) templates.push(capitalisedTemplate(name))
    } else if (node.kind === 'tag' && node.name === 'ref' && node.content !== undefined) {
      references.push(referenceFact(source, node, node.content))
    }
  }
  return { infobox: entries.flatMap(infoboxFact), categories, links, templates, references }
}

function infoboxFact({ template, key, value }: RecordEntry): readonly InfoboxFact[] {
  return value.text === '' ? [] : [{ template, key, value: value.text }]
}

/** The first letter of a template's name may be written either way. */
function capitalisedTemplate(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function referenceFact(source: string, node: TagNode, content: Span): ReferenceFact {
  const attributes = source.slice(
    node.attributes.start,
    Math.min(node.attributes.end, node.attributes.start + 500),
  )
  const name = NAME.exec(attributes)
  const written = source.slice(content.start, Math.min(content.end, content.start + REFERENCE_LENGTH_MAX))
  const url = URL_PARAMETER.exec(written)?.[1] ?? ANY_URL.exec(written)?.[0] ?? null
  return { name: (name?.[1] ?? name?.[2] ?? name?.[3] ?? '').trim() || null, url }
}

const NAME = /(?:^|\s)name\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'/>]+))/i

/** An address that only comes further on is not looked for. */
const REFERENCE_LENGTH_MAX = 5_000

/** Of templates that cite; an archived copy may stand before the address itself. */
const URL_PARAMETER =
  /\|[ \t\n]{0,9}(?:url|website|ссылка|adresse|lien|título-url|網址|网址|網址=)[ \t]{0,9}=[ \t]{0,9}(https?:\/\/[^\s|\]<>"{}]+)/i
const ANY_URL = /https?:\/\/[^\s|\]<>"{}]+/i
