import { decodeHTMLStrict } from 'entities'
import { textWithoutComments } from './template-parameters.ts'
import type { WikiLanguage } from './wiki-language.ts'
import { type LinkNode, partSpan } from './wikitext-node.ts'

export interface PageLink {
  /** Normalised as MediaWiki does, with the local name of its namespace, without `#section`. Empty: this page. */
  readonly title: string
  readonly namespace: number
  /** The title without its namespace. */
  readonly name: string
  /** A link that shows nothing: the article in another language. */
  readonly isInterlanguage: boolean
  /** A leading colon makes a file, a category or another language's article an ordinary link. */
  readonly isEscaped: boolean
}

/** Undefined when templates make the target, so that it cannot be known. */
export function readPageLink(text: string, node: LinkNode, language: WikiLanguage): undefined | PageLink {
  const written = textWithoutComments(text, partSpan(node, 0), node.children)
  return written === undefined ? undefined : pageLinkOf(written, language)
}

export function pageLinkOf(written: string, language: WikiLanguage): PageLink {
  const decoded = written.includes('&') ? decodeHTMLStrict(written) : written
  const section = decoded.indexOf('#')
  const withoutSection = (section < 0 ? decoded : decoded.slice(0, section)).trim()
  const target = /[^\S ]|_| {2}/.test(withoutSection)
    ? withoutSection.replace(/[\s_]+/g, ' ').trim()
    : withoutSection
  const isEscaped = target.startsWith(':')
  const full = isEscaped ? target.slice(1).trim() : target
  const colon = full.indexOf(':')
  const prefix = colon > 0 ? full.slice(0, colon) : ''
  const namespace = (prefix === '' ? undefined : language.namespaceId(prefix)) ?? 0
  if (namespace === 0) {
    const isInterlanguage = prefix !== '' && language.isLanguagePrefix(prefix.trim())
    const title = isInterlanguage ? full : capitalised(full)
    return { title, namespace, name: title, isInterlanguage, isEscaped }
  }
  const name = capitalised(full.slice(colon + 1).trim())
  const title = `${language.namespaceName(namespace)}:${name}`
  return { title, namespace, name, isInterlanguage: false, isEscaped }
}

/** As Wikipedias write the first letter of a title. Those that have no capital of one character stay as they are. */
function capitalised(title: string): string {
  const first = String.fromCodePoint(title.codePointAt(0) ?? 0x20)
  const capital = first.toUpperCase()
  // Georgian has capitals in Unicode that MediaWiki does not use.
  const stays = capital.length !== first.length || /^[\u1c90-\u1cbf]/.test(capital) || title === ''
  return stays ? title : capital + title.slice(first.length)
}
