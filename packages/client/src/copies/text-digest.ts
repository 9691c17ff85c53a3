import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** SHA-256 of a text in UTF-8, in hexadecimal: as the part `diff` names texts. */
export function textDigest(text: string): string {
  return bytesToHex(sha256(new TextEncoder().encode(text)))
}
