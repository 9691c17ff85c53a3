/**
 * How much a text weighs in a retrieval index: about the same for texts of as many tokens, in any script. One for each
 * UTF-16 unit, more in scripts that take more tokens for a character. Never less than the text's length.
 */
export function textSize(text: string): number {
  let size = text.length
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code >= FIRST_DENSE) size += code >= FIRST_IDEOGRAPHIC ? 2 : code < FIRST_LATIN_AGAIN ? 0.5 : 0
  }
  return size
}

/** From Hebrew and Arabic to Indic, Thai, Lao, Burmese, Khmer. */
const FIRST_DENSE = 0x0590
/** Latin and Greek extended, punctuation, symbols. */
const FIRST_LATIN_AGAIN = 0x1e00
/** Ideographs, kana, hangul; surrogates, so emoji too. */
const FIRST_IDEOGRAPHIC = 0x2e80
