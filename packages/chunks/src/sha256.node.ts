import { hash } from 'node:crypto'

/** The native form of `sha256.ts`. */
export function sha256Base64url(text: string): string {
  return hash('sha256', text, 'base64url')
}
