import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { ProtocolError } from '@freshet/protocol'

export const UPLOAD_ENCODINGS = ['identity', 'gzip', 'zstd'] as const
export type UploadEncoding = (typeof UPLOAD_ENCODINGS)[number]

/** Decompresses and decodes a body. Throws a `ProtocolError` for one that is not what it is said to be, or that is too large. */
export function textOfBody(body: Uint8Array, encoding: UploadEncoding, bytesMax: number): string {
  const bytes = decompressed(body, encoding, bytesMax)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ProtocolError('invalid_watch_list', 'the body is not UTF-8', 'Send the entries as UTF-8.')
  }
}

function decompressed(body: Uint8Array, encoding: UploadEncoding, maxOutputLength: number): Uint8Array {
  try {
    switch (encoding) {
      case 'identity':
        return body
      case 'gzip':
        return gunzipSync(body, { maxOutputLength })
      case 'zstd':
        return zstdDecompressSync(body, { maxOutputLength })
    }
  } catch (error) {
    if (error instanceof RangeError) throw bodyTooLarge(maxOutputLength)
    throw new ProtocolError(
      'invalid_watch_list',
      `the body is not ${encoding}: ${error instanceof Error ? error.message : error}`,
      'Compress it anew, or send it without Content-Encoding.',
    )
  }
}

export function bodyTooLarge(bytesMax: number): ProtocolError {
  return new ProtocolError(
    'watch_list_too_large',
    `the body has more than ${bytesMax} bytes`,
    'Split the list over several, and name them all: "watchList": ["first", "second"].',
  )
}
