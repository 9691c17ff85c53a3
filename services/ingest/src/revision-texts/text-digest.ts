import { hash } from 'node:crypto'

/** 36^31 is the first power of 36 above 2^160, so MediaWiki pads to 31 digits. */
const DIGITS = 31

/** SHA-1 of a text's UTF-8 form, as MediaWiki's database, dumps and events write it: 31 digits in base 36. */
export function sha1Base36(text: string): string {
  return sha1HexToBase36(hash('sha1', text))
}

/** The Action API writes the same digests in hexadecimal. */
export function sha1HexToBase36(hex: string): string {
  return BigInt(`0x${hex}`).toString(36).padStart(DIGITS, '0')
}
