import { sha256 } from '@noble/hashes/sha2.js'

/**
 * SHA-256 of the UTF-8 form of a text, in base64url without padding (43 characters). For browsers, whose own SHA-256 is
 * asynchronous; Node uses `sha256.node.ts`.
 */
export function sha256Base64url(text: string): string {
  const bytes = sha256(new TextEncoder().encode(text))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
