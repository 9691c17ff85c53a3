import { Duplex } from 'node:stream'
// As a whole, since older versions of Node have no zstd, and a name that is missing would be an error.
import * as zlib from 'node:zlib'
import type { ClientDictionary } from './held-dictionary.ts'

/** Before the digest of the dictionary (RFC 9842, section 5). */
const MAGIC = Uint8Array.of(0x5e, 0x2a, 0x4d, 0x18, 32, 0, 0, 0)

/** The response with its body as it was before it was compressed with the dictionary; any other as it is. */
export function decoded(response: Response, dictionary: ClientDictionary): Response {
  const { body, headers, status } = response
  if (headers.get('content-encoding') !== 'dcz' || body === null) return response
  const decompressor = Duplex.toWeb(zlib.createZstdDecompress({ dictionary: dictionary.bytes }))
  const plain = body.pipeThrough(headCheck(dictionary)).pipeThrough(decompressor as ReadableWritablePair)
  const plainHeaders = new Headers(headers)
  plainHeaders.delete('content-encoding')
  return new Response(plain, { status, headers: plainHeaders })
}

/** A frame that says no more than to take all of the dictionary. */
const PROBE = Buffer.from('28b52ffd2014350000000100474f20', 'hex')
const PROBE_TEXT = Buffer.from('what both sides have')

/** Whether this Node decompresses with a dictionary. An older one knows no zstd, or passes over the option. */
export function canDecode(): boolean {
  try {
    return zlib.zstdDecompressSync(PROBE, { dictionary: PROBE_TEXT }).equals(PROBE_TEXT)
  } catch {
    return false
  }
}

type ReadableWritablePair = TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>

/** Fails a body that was made with another dictionary, which would be decompressed into something else. The decompressor skips the head. */
function headCheck({
  digest,
}: ClientDictionary): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const expected = Buffer.concat([MAGIC, digest])
  let seen = 0
  return new TransformStream({
    transform(bytes, controller) {
      const head = bytes.subarray(0, Math.max(0, expected.length - seen))
      if (!expected.subarray(seen, seen + head.length).equals(head)) {
        controller.error(new Error('the body was compressed with another dictionary'))
        return
      }
      seen += head.length
      controller.enqueue(bytes)
    },
  })
}
