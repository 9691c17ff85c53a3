import type { WikiLanguage } from './wiki-language.ts'
import { TEMPLATE_NAMESPACE } from './wiki-language.ts'
import { partCount, partSpan, type Span, type TemplateNode, type WikitextNode } from './wikitext-node.ts'

export interface TemplateParameter {
  /** As written, or the number of a positional parameter, counted from 1. */
  readonly key: string
  readonly isPositional: boolean
  readonly value: Span
}

/**
 * The name as the wiki would write it: without the template namespace, `subst:` and comments, with spaces for
 * underscores. Empty when it is made by other templates and so cannot be known.
 */
export function templateName(text: string, node: TemplateNode, language: WikiLanguage): string {
  const span = partSpan(node, 0)
  const written = textWithoutComments(text, span, node.children)
  if (written === undefined) return ''
  const name = written.replaceAll('_', ' ').trim().replace(SUBSTITUTION, '')
  const colon = name.indexOf(':')
  if (colon <= 0 || language.namespaceId(name.slice(0, colon)) !== TEMPLATE_NAMESPACE) return name
  return name.slice(colon + 1).trim()
}

/** Whether braces with this name call a parser function or a variable instead of a template. */
export function isParserFunction(name: string, language: WikiLanguage): boolean {
  if (name.startsWith('#')) return true
  const colon = name.search(/[:：]/)
  const word = colon < 0 ? name : name.slice(0, colon)
  if (colon >= 0 && PARSER_FUNCTIONS.has(word.trim().toLowerCase())) return true
  return language.isUnseenWord(word) || (VARIABLES.has(word) && word !== '')
}

/** In the order of writing; of a key that is written twice MediaWiki takes the last. */
export function templateParameters(text: string, node: TemplateNode): readonly TemplateParameter[] {
  const parameters: TemplateParameter[] = []
  let position = 0
  for (let index = 1; index < partCount(node); index++) {
    const span = partSpan(node, index)
    const equals = node.equals[index - 1] as number
    if (equals < 0) {
      position++
      parameters.push({ key: String(position), isPositional: true, value: span })
      continue
    }
    const key = textWithoutComments(text, { start: span.start, end: equals }, node.children)?.trim() ?? ''
    parameters.push({ key, isPositional: false, value: { start: equals + 1, end: span.end } })
  }
  return parameters
}

/** Without what a page itself does not show either; undefined when the span holds other nodes. */
export function textWithoutComments(
  text: string,
  span: Span,
  nodes: readonly WikitextNode[],
): undefined | string {
  let kept = ''
  let at = span.start
  for (let index = firstNodeIn(nodes, span.start); index < nodes.length; index++) {
    const node = nodes[index] as WikitextNode
    if (node.start >= span.end) break
    if (node.kind !== 'comment' && !isOnlyIncluded(node)) return undefined
    kept += text.slice(at, node.start)
    at = node.end
  }
  return kept + text.slice(at, span.end)
}

/** `<includeonly>…</includeonly>` counts only where the page is included in another. */
function isOnlyIncluded(node: WikitextNode): boolean {
  return node.kind === 'tag' && node.name === 'includeonly'
}

/** Index of the first of the disjoint, ordered nodes that starts at or after the offset. */
export function firstNodeIn(nodes: readonly WikitextNode[], offset: number): number {
  let low = 0
  let high = nodes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((nodes[middle] as WikitextNode).start < offset) low = middle + 1
    else high = middle
  }
  return low
}

const SUBSTITUTION = /^(?:safesubst|subst|msg|msgnw|raw):\s*/i

/** MediaWiki's functions that are called with a colon and without `#`. */
const PARSER_FUNCTIONS = new Set(
  `anchorencode bidi canonicalurl canonicalurle filepath formatnum fullurl fullurle gender grammar int lc lcfirst
  localurl localurle namespace namespacee noexternallanglinks namespacenumber ns nse numberingroup numingroup padleft padright
  pageid pagename pagenamee fullpagename fullpagenamee basepagename subpagename rootpagename talkpagename
  pagesincategory pagesincat pagesinnamespace pagesinns pagesize plural protectionexpiry protectionlevel
  revisionid revisionday revisionmonth revisiontimestamp revisionuser revisionyear numberofarticles numberofpages
  numberofusers numberofedits numberoffiles numberofactiveusers talkspace subjectspace articlespace uc ucfirst
  urlencode`.split(/\s+/),
)

/** MediaWiki's variables; unlike templates their names are in capitals throughout. */
const VARIABLES = new Set(
  `! = ARTICLESPACE BASEPAGENAME CONTENTLANGUAGE CURRENTDAY CURRENTDAY2 CURRENTDAYNAME CURRENTDOW CURRENTHOUR
  CURRENTMONTH CURRENTMONTH1 CURRENTMONTHABBREV CURRENTMONTHNAME CURRENTMONTHNAMEGEN CURRENTTIME CURRENTTIMESTAMP
  CURRENTVERSION CURRENTWEEK CURRENTYEAR DIRECTIONMARK DIRMARK FULLPAGENAME FULLPAGENAMEE LOCALDAY LOCALDAY2
  LOCALDAYNAME LOCALDOW LOCALHOUR LOCALMONTH LOCALMONTH1 LOCALMONTHABBREV LOCALMONTHNAME LOCALTIME
  LOCALTIMESTAMP LOCALWEEK LOCALYEAR NAMESPACE NAMESPACEE NAMESPACENUMBER NUMBEROFACTIVEUSERS NUMBEROFADMINS
  NUMBEROFARTICLES NUMBEROFEDITS NUMBEROFFILES NUMBEROFPAGES NUMBEROFUSERS PAGEID PAGELANGUAGE PAGENAME PAGENAMEE
  REVISIONDAY REVISIONDAY2 REVISIONID REVISIONMONTH REVISIONMONTH1 REVISIONSIZE REVISIONTIMESTAMP REVISIONUSER
  REVISIONYEAR ROOTPAGENAME SCRIPTPATH SERVER SERVERNAME SITENAME SUBJECTPAGENAME SUBJECTSPACE SUBPAGENAME
  TALKPAGENAME TALKSPACE NOEXTERNALLANGLINKS noexternallanglinks`.split(/\s+/),
)
