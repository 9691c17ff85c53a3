import { parentPort, workerData } from 'node:worker_threads'
import { isIntact } from './block.ts'
import { BlockFileReader } from './block-file-reader.ts'
import type { BlockPlace } from './block-folder.ts'

/** A block to read into memory that both threads have. */
export interface BlockReadOrder {
  readonly number: number
  readonly place: BlockPlace
  readonly target: Uint8Array
}

export interface BlockReadReport {
  readonly number: number
  /** Whether all of it was there, as it was written. */
  readonly isRead: boolean
}

/** Reads blocks and checks them, beside the thread that wants them. Started by `BlockReadAhead`. */
const files = new BlockFileReader(String(workerData))

parentPort?.on('message', ({ number, place, target }: BlockReadOrder) => {
  parentPort?.postMessage({ number, isRead: read(place, target) } satisfies BlockReadReport)
})

/** What went wrong shows to whoever reads the block after this. */
function read(place: BlockPlace, target: Uint8Array): boolean {
  try {
    return files.read(place, target) && isIntact(target)
  } catch {
    return false
  }
}
