import { parentPort, workerData } from 'node:worker_threads'
import { BlockStore } from './block-store.ts'
import { failureOf } from './sqlite-failure.ts'
import type { WriterData, WriterOrder, WriterReport } from './writer-messages.ts'

/** The thread that waits for the disk, so that the event loop of the service never does. Started by `LogWriter`. */
const { directory, retentionSweepIntervalMs } = workerData as WriterData

const store = openStore()
if (store !== undefined) serve(store)

function openStore(): BlockStore | undefined {
  try {
    const opened = new BlockStore(directory, reportMaintenanceFailure)
    report({ type: 'opened' })
    return opened
  } catch (error) {
    report({ type: 'not-opened', failure: failureOf(error, directory) })
    return undefined
  }
}

function serve(store: BlockStore): void {
  let isSweeping = false
  const sweepTimer = setInterval(() => {
    if (isSweeping) return
    isSweeping = true
    const done = () => {
      isSweeping = false
    }
    store.sweep(done, (error) => {
      done()
      reportMaintenanceFailure(error)
    })
  }, retentionSweepIntervalMs)

  parentPort?.on('message', (order: WriterOrder) => {
    const { number } = order
    const done = () => report({ type: 'done', number })
    const failed = (error: unknown) =>
      report({ type: 'failed', number, failure: failureOf(error, directory) })
    try {
      switch (order.type) {
        case 'commit':
          store.commit(order.commit)
          done()
          store.tidyUp()
          break
        case 'ensure-topics':
          store.ensureTopics(order.specs)
          done()
          break
        case 'sweep':
          store.sweep(done, failed)
          break
        case 'close':
          clearInterval(sweepTimer)
          store.close()
          done()
          parentPort?.close()
          break
      }
    } catch (error) {
      failed(error)
    }
  })
}

function reportMaintenanceFailure(error: unknown): void {
  report({ type: 'maintenance-failed', failure: failureOf(error, directory) })
}

function report(message: WriterReport): void {
  parentPort?.postMessage(message)
}
