import type { PlainText } from './tidy-text.ts'
import type { Unit } from './unit.ts'

/**
 * The sentences of a text, by a rule of our own: ids depend on where sentences end, and a library's or ICU's idea of it
 * changes between versions.
 *
 * A sentence ends at a line feed; at a full stop, question or exclamation mark that white space follows, but not in
 * front of a small letter, and not at the full stop of an abbreviation, an initial or an ordinal; and at the marks of
 * scripts that need no space. Scripts without such marks (Thai, Lao, Khmer) have no sentences here.
 */
export function sentencesOf({ text, omittedAt }: PlainText): readonly Unit[] {
  const units: Unit[] = []
  let start = 0
  let glue = ''
  let omission = 0
  let omittedTemplates = 0
  for (const end of sentenceEnds(text)) {
    const sentence = text.slice(start, end).trim()
    while ((omittedAt[omission] ?? Number.POSITIVE_INFINITY) <= end) {
      omission++
      omittedTemplates++
    }
    if (sentence !== '') {
      units.push({ text: sentence, glue, omittedTemplates })
      omittedTemplates = 0
    }
    glue = glueAt(text, end)
    start = end
  }
  return units
}

function* sentenceEnds(text: string): Generator<number> {
  for (const match of text.matchAll(ENDS)) {
    const end = match.index + match[0].length
    if (match.groups?.spaced === undefined || isEnd(text, match.index, end)) yield end
  }
  yield text.length
}

/**
 * Marks that need white space after them; marks that do not; line feeds. Quotes and brackets that close go along.
 * Counted, because a run of full stops without white space would be searched again from each of them.
 */
const ENDS = /(?<spaced>[.!?…]{1,8}["'”’»)\]]{0,4})(?=[ \n])|[。！？｡．؟۔।॥።၊။]+["'”’」』）】»)]*|\n/g

function isEnd(text: string, markStart: number, end: number): boolean {
  const next = text.charAt(end + 1)
  if (next !== '' && next !== next.toUpperCase()) return false
  if (text[markStart] !== '.' || text[markStart + 1] === '.') return true
  const before = text.slice(Math.max(0, markStart - ABBREVIATION_LENGTH_MAX), markStart)
  const word = (/[^ \n]*$/.exec(before)?.[0] ?? '').replace(/^["'“‘«([]+/, '')
  const isInitial = /^\p{Lu}\p{M}*$/u.test(word) || (word.includes('.') && !/\d/.test(word))
  return !isInitial && !/^\d{1,2}$/.test(word) && !ABBREVIATIONS.has(word.toLowerCase())
}

const ABBREVIATION_LENGTH_MAX = 12

const ABBREVIATIONS = new Set(
  `abb abs adm al anm approx apr art asst aug ave bd bzw ca capt cf co col corp dec dept dipl dr ed eds eng est etc
  feb fig figs fr ft gen gov hl hon hr inc ing jan jr jul jun lt ltd mag maj mar mr mrs ms mt nov nr no núm oct op p
  pp prof red rep rev s sen sep sept sgt sr sra srta st ste str tel usw v vgl vol vols vs z
  акад б в вв г гг гл д др ж изд им км л м млн млрд н напр о обл п пос проф р рис руб с св см соч ст стр т тыс ул ч
  डॉ प्रो श्री`.split(/\s+/),
)

function glueAt(text: string, end: number): string {
  if (text[end - 1] === '\n' || text[end] === '\n') return '\n'
  return text[end] === ' ' ? ' ' : ''
}
