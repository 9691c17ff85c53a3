import { constants, zstdCompressSync } from 'node:zlib'

/**
 * The dictionary is digested anew for every piece, which a higher level makes several times as dear: at this one it costs
 * less than the compression itself.
 */
const LEVEL = 1
const PARAMS = { [constants.ZSTD_c_compressionLevel]: LEVEL }

/** A zstd frame that refers to the dictionary as raw content (RFC 8878, section 5); undefined: one without a dictionary. */
export function compressWith(dictionary: Uint8Array | undefined, bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, dictionary === undefined ? {} : { dictionary, params: PARAMS })
}
