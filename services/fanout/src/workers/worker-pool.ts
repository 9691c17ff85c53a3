import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { StateRequests } from './state-requests.ts'
import { type ParentMessage, WORKER_NUMBER_VARIABLE, type WorkerMessage } from './worker-messages.ts'

/** A worker that ends sooner than this after its start is not replaced at once, but after as long. */
const LIFE_MS_MIN = 2_000
/** A terminal sends its signal to the workers, too; they are only told when nobody has. */
const SIGNAL_DELAY_MS = 500

export interface WorkerPoolOptions {
  readonly workers: number
  readonly logger: Logger
}

/**
 * The parent of the workers: it holds the port, starts them, and does nothing else. A worker that dies is
 * replaced; its subscribers come back with their cursors, to another.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions
  readonly #workers = new Map<number, Worker>()
  readonly #requests = new StateRequests()
  /** Those that have answered requests, now or before they were replaced. */
  readonly #started = new Set<number>()
  #isDraining = false
  #failure: Error | undefined
  readonly #ended = Promise.withResolvers<void>()

  constructor(options: WorkerPoolOptions) {
    this.#options = options
  }

  /** Runs until the signal aborts and all workers have drained. Rejects when one of them did not, or none could start. */
  async run(signal: AbortSignal): Promise<void> {
    // Each worker accepts connections by itself, when it has time. If the parent handed them out it would wait for a busy
    // worker to take one before the next, and hold all that have come in the meantime.
    cluster.schedulingPolicy = cluster.SCHED_NONE
    for (let number = 0; number < this.#options.workers; number++) this.#start(number)
    await Promise.race([this.#ended.promise, once(signal, 'abort')])
    this.#isDraining = true
    if (signal.reason === 'SIGINT') await sleep(SIGNAL_DELAY_MS)
    for (const worker of this.#workers.values()) send(worker, { type: 'drain' })
    if (this.#workers.size > 0) await this.#ended.promise
    if (this.#failure !== undefined) throw this.#failure
  }

  #start(number: number): void {
    const startedMs = Date.now()
    const worker = cluster.fork({ [WORKER_NUMBER_VARIABLE]: String(number) })
    this.#workers.set(number, worker)
    worker.on('message', (message: WorkerMessage) => this.#hear(number, worker, message))
    worker.once('exit', (code: number | null, signal: string | null) => {
      this.#workers.delete(number)
      this.#requests.left(number)
      void this.#exited(number, code ?? signal, Date.now() - startedMs)
    })
  }

  async #exited(number: number, reason: number | string | null, lifeMs: number): Promise<void> {
    const { logger } = this.#options
    if (this.#isDraining || this.#started.size === 0) {
      if (reason !== 0) this.#fail(new WorkerError(`worker ${number} ended with ${reason}`))
      if (this.#workers.size === 0) this.#ended.resolve()
      return
    }
    logger.error({ worker: number, reason, lifeMs }, 'a worker died and is replaced')
    if (lifeMs < LIFE_MS_MIN) await sleep(LIFE_MS_MIN)
    if (!this.#isDraining) this.#start(number)
  }

  /** Before any of them has answered a request: the reason is one that all of them will meet. */
  #fail(error: Error): void {
    this.#failure ??= error
    if (this.#isDraining) return
    this.#isDraining = true
    for (const worker of this.#workers.values()) send(worker, { type: 'drain' })
  }

  #hear(number: number, worker: Worker, message: WorkerMessage): void {
    switch (message.type) {
      case 'started':
        if (this.#started.has(number)) return
        this.#started.add(number)
        if (this.#started.size === this.#options.workers) {
          this.#options.logger.info({ url: message.url, workers: this.#started.size }, 'started')
        }
        return
      case 'told':
        this.#requests.told(message.number, message.state)
        return
      case 'ask':
        this.#requests.open([...this.#workers.keys()], {
          ask: (number) => {
            for (const each of this.#workers.values()) send(each, { type: 'tell', number })
          },
          answer: (states) => {
            const { workers } = this.#options
            send(worker, { type: 'answer', number: message.number, workers, states })
          },
        })
        return
    }
  }
}

export class WorkerError extends Error {
  override readonly name = 'WorkerError'
  readonly isRetryable = false
}

/** One that is about to end does not hear it any more. */
function send(worker: Worker, message: ParentMessage): void {
  if (worker.isConnected()) worker.send(message, () => undefined)
}
