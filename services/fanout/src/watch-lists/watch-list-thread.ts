import { parentPort, workerData } from 'node:worker_threads'
import { ProtocolError } from '@freshet/protocol'
import type { PackingResult } from './pack-in-thread.ts'
import { packUpload, type WatchListUpload } from './watch-list-upload.ts'

/** The thread that packs what a partner has sent. Started by `packInThread`, for one list. */
function packed(): PackingResult {
  try {
    return { type: 'packed', packed: packUpload(workerData as WatchListUpload) }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return { type: 'refused', error: error.body }
  }
}

parentPort?.postMessage(packed())
