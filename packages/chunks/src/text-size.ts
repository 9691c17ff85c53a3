/**
 * How much a text weighs in a retrieval index: about the same for texts of as many tokens, in any script. One for each
 * UTF-16 unit, more in scripts that take more tokens for a character. Never less than the text's length.
 */
export function textSize(text: string): number {
  let halves = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < FIRST_DENSE) continue
    if (code >= FIRST_IDEOGRAPHIC) halves += 4
    else if (code < FIRST_LATIN_AGAIN) halves += 1
  }
  return text.length + halves / 2
}

/** No text is larger than so many times its length. */
export const SIZE_PER_LENGTH_MAX = 3

/** From Hebrew and Arabic to Indic, Thai, Lao, Burmese, Khmer. */
const FIRST_DENSE = 0x0590
/** Latin and Greek extended, punctuation, symbols. */
const FIRST_LATIN_AGAIN = 0x1e00
/** Ideographs, kana, hangul; surrogates, so emoji too. */
const FIRST_IDEOGRAPHIC = 0x2e80
