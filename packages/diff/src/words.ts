import { nextCodePoint } from './code-points.ts'

/**
 * The UTF-16 offsets at which the words of a line end. Together the words are the line.
 *
 * A word is a run of letters, digits, marks and underscores; one character of Chinese or Japanese; what a dictionary
 * says for scripts that write no spaces (Thai, Lao, Khmer, Burmese); or any other single character. Combining marks, emoji
 * modifiers and what is joined by a zero-width joiner stay with the character before, and flags stay whole, so that
 * no boundary lies inside something that is seen as one.
 */
export function wordEnds(line: string): number[] {
  const ends: number[] = []
  for (let at = 0; at < line.length; ) {
    const code = line.codePointAt(at) as number
    switch (classOf(code)) {
      case CLASS.word:
        at = endOfWord(line, at)
        break
      case CLASS.dictionary:
        at = endOfDictionaryRun(line, at)
        pushDictionaryWords(line, ends.at(-1) ?? 0, at, ends)
        continue
      default:
        at = endOfCharacter(line, at)
    }
    ends.push(at)
  }
  return ends
}

const CLASS = { unknown: 0, word: 1, ideograph: 2, dictionary: 3, extender: 4, other: 5 } as const
type Class = (typeof CLASS)[keyof typeof CLASS]

const ZERO_WIDTH_JOINER = 0x200d

/** Marks, emoji modifiers, and the tag characters that some flags are written with. */
const EXTENDER = /\p{M}|\p{Emoji_Modifier}|\p{Join_Control}|[\u{e0020}-\u{e007f}]/u
const DICTIONARY = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const IDEOGRAPH =
  /[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script_Extensions=Bopomofo}]/u
const WORD = /[\p{L}\p{N}_]/u

/** Classes of the characters seen so far in the basic plane, so that each is looked up once. */
const basicPlaneClasses = new Uint8Array(0x10000)

function classOf(code: number): Class {
  if (code > 0xffff) return lookUpClass(code)
  const known = basicPlaneClasses[code] as Class
  if (known !== CLASS.unknown) return known
  const found = lookUpClass(code)
  basicPlaneClasses[code] = found
  return found
}

function lookUpClass(code: number): Class {
  const character = String.fromCodePoint(code)
  if (EXTENDER.test(character)) return CLASS.extender
  if (DICTIONARY.test(character)) return CLASS.dictionary
  if (IDEOGRAPH.test(character)) return CLASS.ideograph
  return WORD.test(character) ? CLASS.word : CLASS.other
}

function endOfWord(line: string, start: number): number {
  let at = start
  while (at < line.length) {
    const found = classOf(line.codePointAt(at) as number)
    if (found !== CLASS.word && found !== CLASS.extender) break
    at = nextCodePoint(line, at)
  }
  return at
}

function endOfDictionaryRun(line: string, start: number): number {
  let at = start
  while (at < line.length) {
    const found = classOf(line.codePointAt(at) as number)
    if (found !== CLASS.dictionary && found !== CLASS.extender) break
    at = nextCodePoint(line, at)
  }
  return at
}

/** One character as it is seen: with what extends it and what is joined to it. */
function endOfCharacter(line: string, start: number): number {
  const first = line.codePointAt(start) as number
  let at = nextCodePoint(line, start)
  if (isRegionalIndicator(first) && isRegionalIndicator(line.codePointAt(at) ?? 0))
    at = nextCodePoint(line, at)
  while (at < line.length) {
    const code = line.codePointAt(at) as number
    const isJoined = line.charCodeAt(at - 1) === ZERO_WIDTH_JOINER && classOf(code) === CLASS.other
    if (!isJoined && classOf(code) !== CLASS.extender) break
    at = nextCodePoint(line, at)
  }
  return at
}

function isRegionalIndicator(code: number): boolean {
  return code >= 0x1f1e6 && code <= 0x1f1ff
}

let segmenter: Intl.Segmenter | undefined

/** Which locale is asked makes no difference: the dictionary follows the script. */
function pushDictionaryWords(line: string, start: number, end: number, ends: number[]): void {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'word' })
  for (const { index } of segmenter.segment(line.slice(start, end))) {
    const at = start + index
    if (index > 0 && classOf(line.codePointAt(at) as number) !== CLASS.extender) ends.push(at)
  }
  ends.push(end)
}
