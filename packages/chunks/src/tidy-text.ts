import { decodeHTMLStrict } from 'entities'

export interface PlainText {
  readonly text: string
  /** Where templates were dropped: offsets in the text, in order. */
  readonly omittedAt: readonly number[]
}

/** Stands for a template that was dropped, until `tidyText` takes it out: a control character, so never in a page. */
export const OMITTED = '\u001a'

/** Text in which nothing is markup, so that `tidyText` gives it back as it is; entities are still decoded. */
export function protectedText(text: string): string {
  return text.replace(/[<'_\n]/g, (char) => PROTECTED[char] as string)
}

const PROTECTED: Readonly<Record<string, string>> = { '<': '&lt;', "'": '&#39;', _: '&#95;', '\n': '&#10;' }

/**
 * Removes what is left of markup when all nodes are rendered: HTML tags, quotes for bold and italics, behaviour
 * switches; decodes entities; makes every run of white space one space, or one line feed where it holds `&#10;`.
 * Control characters and invisible breaks go, and a lone surrogate becomes U+FFFD, so that the text is the same after
 * a trip through UTF-8.
 */
export function tidyText(rendered: string): PlainText {
  let text = rendered
  if (text.includes('<')) text = text.replace(HTML_TAG, (_tag, name: string) => (isBreak(name) ? ' ' : ''))
  if (text.includes("''")) text = text.replace(/'{2,}/g, quotes)
  if (text.includes('__')) text = text.replace(BEHAVIOUR_SWITCH, '')
  const hasEntities = text.includes('&')
  if (hasEntities || UNTIDY.test(text)) {
    text = text.replace(/\s+/g, ' ')
    if (hasEntities) text = decodeHTMLStrict(text.replace(OMITTED_AS_ENTITY, ''))
    text = text.replace(INVISIBLE, '')
    if (hasEntities) text = text.replace(/[^\S\n]+/g, ' ').replace(/ ?\n[\n ]*/g, '\n')
    else text = text.replace(/ {2,}/g, ' ')
  }
  return withoutOmissions(text.toWellFormed())
}

const HTML_TAG = /<\/?([a-z][a-z0-9]{0,15})(?:[\s/][^<>]*)?>/gi

function isBreak(name: string): boolean {
  return BREAKS.has(name.toLowerCase())
}

const BREAKS = new Set(
  'blockquote br center dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p table td th tr ul'.split(' '),
)

/** Two are italics, three bold, five both; of four and of more than five the rest are apostrophes. */
function quotes(run: string): string {
  if (run.length === 4) return "'"
  return run.length > 5 ? "'".repeat(run.length - 5) : ''
}

/** MediaWiki's and its common extensions'. */
const BEHAVIOUR_SWITCH =
  /__(?:NOTOC|FORCETOC|TOC|NOEDITSECTION|NEWSECTIONLINK|NONEWSECTIONLINK|NOGALLERY|HIDDENCAT|EXPECTUNUSEDCATEGORY|EXPECTUNUSEDTEMPLATE|NOCONTENTCONVERT|NOCC|NOTITLECONVERT|NOTC|INDEX|NOINDEX|STATICREDIRECT|NOGLOBAL|DISAMBIG|ARCHIVEDTALK|NOTALK)__/gi

/** Most cells and items need no more than to be looked at. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const UNTIDY = /[^\S ]| {2}|[\u0000-\u0019\u001b-\u001f\u007f-\u009f\u00ad\u200b\u2060\ufeff]/

const OMITTED_AS_ENTITY = /&#(?:0*26|x0*1a);/gi

/** Control characters but line feed and the sign of an omission; soft hyphen, zero-width space, byte order mark. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const INVISIBLE = /[\u0000-\u0009\u000b-\u0019\u001b-\u001f\u007f-\u009f\u00ad\u200b\u2060\ufeff]/g

function withoutOmissions(text: string): PlainText {
  if (!text.includes(OMITTED)) return { text: text.trim(), omittedAt: [] }
  const [first = '', ...rest] = text.replace(EMPTY_PARENTHESES, emptied).split(OMITTED)
  const kept = new KeptText(first.trimStart())
  const omittedAt = rest.map((part) => kept.addAfterOmission(part))
  const whole = kept.whole().trimEnd()
  return { text: whole, omittedAt: omittedAt.map((at) => Math.min(at, whole.length)) }
}

/** Text around dropped templates. Looks only at the piece added last, so that many pieces take no longer each. */
class KeptText {
  readonly #pieces: string[] = []
  #length = 0
  #last: string

  constructor(first: string) {
    this.#last = first
  }

  /** Gives the offset of the omission. */
  addAfterOmission(part: string): number {
    const isOpened = OPENING.test(this.#last)
    const isClosing = !isOpened && CLOSING.test(part)
    if (isClosing) this.#last = this.#last.replace(DANGLING_END, '')
    else if (part === '' || part.startsWith(' ')) this.#last = this.#last.trimEnd()
    const at = this.#length + this.#last.length
    const added =
      isClosing || at === 0 ? part.trimStart() : isOpened ? part.replace(DANGLING_START, '') : part
    if (added === '') return at
    this.#pieces.push(this.#last)
    this.#length = at
    this.#last = added
    return at
  }

  whole(): string {
    return this.#pieces.join('') + this.#last
  }
}

/** Parentheses with nothing between them but dropped templates and signs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sign of an omission is one
const EMPTY_PARENTHESES = / ?[(（][\u001a,;:/ ]*[)）]/g

function emptied(parentheses: string): string {
  const omissions = parentheses.split(OMITTED).length - 1
  return omissions === 0 ? parentheses : OMITTED.repeat(omissions)
}

/** After a dropped template: what stands close to the text before it. */
const CLOSING = /^ ?[.,;:!?)\]}»”。，、；：！？）]/
const OPENING = /[(（]$/
/** Signs that parted a dropped template from its neighbours. Short, so that the search for it is. */
const DANGLING_END = /[ ,;:]{1,4}$/
const DANGLING_START = /^[ ,;:]{1,4}/
