import { hash } from 'node:crypto'

const DIGITS = 31

/** The SHA-1 of a text as MediaWiki stores it: of its UTF-8, in base 36. */
export function sha1Base36(text: string): string {
  return BigInt(`0x${hash('sha1', text)}`)
    .toString(36)
    .padStart(DIGITS, '0')
}
