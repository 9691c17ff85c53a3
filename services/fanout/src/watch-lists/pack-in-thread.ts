import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type ErrorBody, ProtocolError } from '@freshet/protocol'
import type { PackedWatchList } from './packed-watch-list.ts'
import { packUpload, type WatchListUpload } from './watch-list-upload.ts'

/** What the thread says. */
export type PackingResult =
  | { readonly type: 'packed'; readonly packed: PackedWatchList }
  | { readonly type: 'refused'; readonly error: ErrorBody }

/** A body that is not larger takes a few milliseconds, far less than to start a thread. */
const PACKED_AT_ONCE_BYTES_MAX = 16 * 1024

/** For a million entries a third of it is enough; what needs more is answered as too large. */
const HEAP_MIB_MAX = 1_024

/**
 * As `packUpload`, which takes seconds for a million entries: in a thread, which ends with it, so that its memory is free
 * again. What is small is packed at once.
 */
export async function packInThread(upload: WatchListUpload): Promise<PackedWatchList> {
  const isSmall = upload.encoding === 'identity' && upload.body.length <= PACKED_AT_ONCE_BYTES_MAX
  if (isSmall) return packUpload(upload)
  // A copy of its own, since what Node has read may be part of a buffer that others use.
  const body = new Uint8Array(upload.body)
  const thread = new Worker(new URL('./watch-list-thread.ts', import.meta.url), {
    workerData: { ...upload, body } satisfies WatchListUpload,
    transferList: [body.buffer],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
  })
  try {
    const [result]: [PackingResult] = (await once(thread, 'message')) as [PackingResult]
    if (result.type === 'packed') return result.packed
    const { code, message, help } = result.error
    throw new ProtocolError(code, message, help)
  } catch (error) {
    if (!isOutOfMemory(error)) throw error
    throw new ProtocolError(
      'watch_list_too_large',
      'reading the list takes more memory than there is for it',
      'Send it as text, one entry a line; or split it over several lists.',
    )
  } finally {
    await thread.terminate()
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
}
