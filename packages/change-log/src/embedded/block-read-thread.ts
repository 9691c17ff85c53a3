import { parentPort, workerData } from 'node:worker_threads'
import { isIntact } from './block.ts'
import { BlockFileReader } from './block-file-reader.ts'
import type { BlockPlace } from './block-folder.ts'

/** A block to read to the beginning of the memory that is handed over, and back. */
export interface BlockReadOrder {
  readonly number: number
  readonly place: BlockPlace
  readonly length: number
  readonly memory: ArrayBuffer
}

export interface BlockReadReport {
  readonly number: number
  readonly memory: ArrayBuffer
  /** Whether all of it was there, as it was written. */
  readonly isRead: boolean
}

/** Reads blocks and checks them, beside the thread that wants them. Started by `BlockReadAhead`. */
const files = new BlockFileReader(String(workerData))

parentPort?.on('message', ({ number, place, length, memory }: BlockReadOrder) => {
  const isRead = read(place, new Uint8Array(memory, 0, length))
  parentPort?.postMessage({ number, memory, isRead } satisfies BlockReadReport, [memory])
})

/** What went wrong shows to whoever reads the block after this. */
function read(place: BlockPlace, target: Uint8Array): boolean {
  try {
    return files.read(place, target) && isIntact(target)
  } catch {
    return false
  }
}
