import { LANGUAGE_PREFIXES } from './language-prefixes.ts'
import { LOCALISED_NAMES, type LocalisedNames } from './localised-names.ts'

export const MEDIA_NAMESPACE = -2
export const FILE_NAMESPACE = 6
export const TEMPLATE_NAMESPACE = 10
export const CATEGORY_NAMESPACE = 14

/** How the wikis of one language call things in wikitext. */
export class WikiLanguage {
  /** As in `en.wikipedia.org`. */
  readonly code: string
  /** Whether `-{…}-` chooses between scripts or regions. */
  readonly hasVariants: boolean
  readonly #namespaces: ReadonlyMap<string, number>
  readonly #namespaceNames: ReadonlyMap<number, string>
  readonly #redirectWords: readonly string[]
  readonly #unseenWords: ReadonlySet<string>

  constructor(code: string, names: LocalisedNames) {
    this.code = code
    this.hasVariants = LANGUAGES_WITH_VARIANTS.has(code)
    const { ids, localNames } = namespacesOf(names)
    this.#namespaces = ids
    this.#namespaceNames = localNames
    this.#redirectWords = ['#redirect', ...wordsOf(names.redirect)].map((word) => word.toLowerCase())
    this.#unseenWords = new Set([...ENGLISH_UNSEEN_WORDS, ...wordsOf(names.unseen)].map(folded))
  }

  /** The id of a namespace by its name, an alias or its English name; undefined when there is none of that name. */
  namespaceId(name: string): number | undefined {
    return this.#namespaces.get(folded(name))
  }

  /** The local name, with spaces. Empty for articles. */
  namespaceName(id: number): string {
    return this.#namespaceNames.get(id) ?? ''
  }

  /** Whether `[[prefix:Title]]` points to the article in another language, and shows nothing where it stands. */
  isLanguagePrefix(prefix: string): boolean {
    return LANGUAGE_PREFIXES.has(prefix.toLowerCase())
  }

  /** Whether `{{word:…}}` sets something about the page and shows nothing. */
  isUnseenWord(word: string): boolean {
    return this.#unseenWords.has(folded(word))
  }

  /** What stands between the brackets of a redirect, as it was written; undefined when the page is none. */
  redirectTarget(text: string): string | undefined {
    const head = text.slice(0, REDIRECT_HEAD_LENGTH).trimStart()
    const lowerHead = head.toLowerCase()
    const word = this.#redirectWords.find((candidate) => lowerHead.startsWith(candidate))
    if (word === undefined) return undefined
    return /^\s*:?\s*\[\[([^[\]|\n]+)/.exec(head.slice(word.length))?.[1]?.trim()
  }
}

/** Of a wiki whose language is unknown, or has no names of its own here: English, which every wiki understands. */
export function wikiLanguageOf(code: string | null | undefined): WikiLanguage {
  const names = code == null || !Object.hasOwn(LOCALISED_NAMES, code) ? undefined : LOCALISED_NAMES[code]
  if (code == null || names === undefined) return ENGLISH
  const known = languages.get(code) ?? new WikiLanguage(code, names)
  languages.set(code, known)
  return known
}

/** A redirect's word and target are looked for in so many characters. */
const REDIRECT_HEAD_LENGTH = 1_000

/** MediaWiki's languages with a converter. */
const LANGUAGES_WITH_VARIANTS = new Set('ban crh gan iu ku kk mni sh shi sr tg tly uz wuu zgh zh'.split(' '))

const ENGLISH_UNSEEN_WORDS = ['DEFAULTSORT', 'DEFAULTSORTKEY', 'DEFAULTCATEGORYSORT', 'DISPLAYTITLE']

type NamespacePair = Exclude<keyof LocalisedNames, 'redirect' | 'unseen'>

/** Id of the pages' namespace, English names of it and of its talk namespace, whose id is one more. */
const ENGLISH_NAMESPACES: Readonly<Record<NamespacePair, readonly [number, string, string]>> = {
  media: [MEDIA_NAMESPACE, 'Media', ''],
  special: [-1, 'Special', ''],
  main: [0, '', 'Talk'],
  user: [2, 'User', 'User_talk'],
  project: [4, 'Project Wikipedia', 'Project_talk Wikipedia_talk'],
  file: [FILE_NAMESPACE, 'File Image', 'File_talk Image_talk'],
  mediawiki: [8, 'MediaWiki', 'MediaWiki_talk'],
  template: [TEMPLATE_NAMESPACE, 'Template', 'Template_talk'],
  help: [12, 'Help', 'Help_talk'],
  category: [CATEGORY_NAMESPACE, 'Category', 'Category_talk'],
}

function namespacesOf(names: LocalisedNames) {
  const ids = new Map<string, number>()
  const localNames = new Map<number, string>()
  for (const [pair, [id, english, englishTalk]] of Object.entries(ENGLISH_NAMESPACES)) {
    const [local = '', localTalk = ''] = (names[pair as NamespacePair] ?? '').split('/')
    add(id, [...wordsOf(local), ...wordsOf(english)])
    add(id + 1, [...wordsOf(localTalk), ...wordsOf(englishTalk)])
  }
  return { ids, localNames }

  function add(id: number, found: readonly string[]): void {
    const [localName] = found
    if (localName !== undefined) localNames.set(id, localName.replaceAll('_', ' '))
    for (const name of found) ids.set(folded(name), id)
  }
}

function wordsOf(list: string | undefined): readonly string[] {
  return (list ?? '').split(' ').filter((word) => word !== '')
}

function folded(name: string): string {
  return name.trim().replaceAll('_', ' ').toLowerCase()
}

const ENGLISH = new WikiLanguage('en', {})
/** One for each language of the table at most. */
const languages = new Map<string, WikiLanguage>()
