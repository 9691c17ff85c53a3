import { createGunzip } from 'node:zlib'
import { DamagedInputError } from './edit-source-error.ts'

/** A slice of this size decompresses to 16 MiB at most, which bounds what waits to be taken. */
const SLICE_BYTES = 16 * 1024

/**
 * Decompresses gzip, several members in a row as well.
 *
 * Node's stream throws away what it has not handed over when it meets an error; here all that was decompressed comes
 * first.
 *
 * @throws DamagedInputError behind the last byte that could be had
 */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const stream = createGunzip()
  const ready: Uint8Array[] = []
  let failure: undefined | Error
  const finished = new Promise<void>((resolve) => {
    stream.on('end', resolve).on('error', (error) => {
      failure = error
      resolve()
    })
  })
  stream.on('data', (bytes: Uint8Array) => ready.push(bytes))
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length && failure === undefined; at += SLICE_BYTES) {
        const slice = chunk.subarray(at, at + SLICE_BYTES)
        const written = new Promise<void>((resolve) => stream.write(slice, () => resolve()))
        // The callback of a write that fails is not called.
        await Promise.race([written, finished])
        yield* ready.splice(0)
      }
      if (failure !== undefined) break
    }
    if (failure === undefined) stream.end()
    await finished
    yield* ready.splice(0)
  } finally {
    stream.destroy()
  }
  if (failure !== undefined) {
    throw new DamagedInputError(`the gzip file is truncated or damaged: ${failure.message}`, {
      cause: failure,
    })
  }
}
