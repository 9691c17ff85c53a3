import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Part } from '@freshet/protocol'
import type { LogSettings } from '@freshet/service'
import { logger } from '../logger.ts'
import type { SegmentLayout } from './segment.ts'

/** What the thread is started with. */
export interface ArchiveThreadData {
  readonly log: LogSettings
  readonly dataDir: string
  readonly directory: string
  readonly layout: SegmentLayout & { readonly parts: readonly Part[] }
  readonly bytesMax: number
  readonly logLevel: string
}

const RESTART_DELAY_MS = 60_000

/** Keeps the archive up to date in a thread of its own. Without it what there is is served, and grows no more. */
export class ArchiveMaking implements AsyncDisposable {
  readonly #data: ArchiveThreadData
  #thread: Worker
  #restart: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(data: Omit<ArchiveThreadData, 'logLevel'>) {
    this.#data = { ...data, logLevel: logger.level }
    this.#thread = this.#start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#restart)
    if (this.#thread.threadId === -1) return
    const exited = once(this.#thread, 'exit')
    this.#thread.postMessage('stop')
    await exited
  }

  #start(): Worker {
    const thread = new Worker(new URL('./archive-thread.ts', import.meta.url), { workerData: this.#data })
    thread.on('error', (error) => {
      logger.error({ err: error }, 'the archive is not kept up to date for now')
      if (this.#isStopped) return
      this.#restart = setTimeout(() => {
        this.#thread = this.#start()
      }, RESTART_DELAY_MS)
      this.#restart.unref()
    })
    return thread
  }
}
