import cluster from 'node:cluster'
import type { Readiness } from '@freshet/service'
import type { FastifyInstance } from 'fastify'
import { AggregatorRegistry, register } from 'prom-client'
import type { ParentMessage, WorkerMessage, WorkerState } from './worker-messages.ts'

interface Whole {
  readonly workers: number
  readonly states: readonly WorkerState[]
}

/**
 * A worker's line to its parent. It ends when the parent says so, tells how it is, and answers `/metrics` and `/readyz` for all
 * of them, as nobody who asks can choose which worker is asked.
 */
export class WorkerSiblings {
  readonly #number: number
  readonly #waiting = new Map<number, (whole: Whole) => void>()
  #nextNumber = 0
  #readiness: () => Readiness = () => ({ isReady: false, detail: 'starting' })

  constructor(number: number) {
    this.#number = number
    let isEnding = false
    process.once('SIGTERM', () => {
      isEnding = true
    })
    process.once('SIGINT', () => {
      isEnding = true
    })
    process.on('message', (message: ParentMessage) => {
      switch (message.type) {
        case 'drain':
          if (!isEnding) process.emit('SIGTERM', 'SIGTERM')
          return
        case 'tell':
          void this.#tell(message.number)
          return
        case 'answer':
          this.#waiting.get(message.number)?.(message)
          this.#waiting.delete(message.number)
          return
      }
    })
  }

  /** Whether the work that one of them does for all is this one's. */
  get isFirst(): boolean {
    return this.#number === 0
  }

  started(url: string): void {
    send({ type: 'started', url })
  }

  /** Nothing keeps the process from ending any more, with the exit code that it has set. */
  leave(): void {
    cluster.worker?.disconnect()
  }

  answerFor(app: FastifyInstance, readiness: () => Readiness): void {
    this.#readiness = readiness
    app.addHook('onRequest', async (request, reply) => {
      if (request.method !== 'GET') return
      const [path] = request.url.split('?')
      if (path === '/metrics') {
        const { states } = await this.#ask()
        const metrics = AggregatorRegistry.aggregate(states.map((state) => [...state.metrics]))
        return reply.header('content-type', register.contentType).send(await metrics.metrics())
      }
      if (path === '/readyz') {
        const report = reportOf(await this.#ask())
        const isReady = report.every((part) => part.isReady)
        reply.code(isReady ? 200 : 503).header('cache-control', 'no-store')
        if (!isReady) reply.header('retry-after', '5')
        const parts = Object.fromEntries(report.map(({ name, ...part }) => [name, part]))
        return reply.send({ status: isReady ? 'ready' : 'not ready', parts })
      }
    })
  }

  async #tell(number: number): Promise<void> {
    const metrics = await register.getMetricsAsJSON()
    const state = { worker: this.#number, readiness: this.#readiness(), metrics }
    send({ type: 'told', number, state })
  }

  #ask(): Promise<Whole> {
    const number = this.#nextNumber++
    const { promise, resolve } = Promise.withResolvers<Whole>()
    this.#waiting.set(number, resolve)
    send({ type: 'ask', number })
    return promise
  }
}

function reportOf({ workers, states }: Whole): readonly (Readiness & { readonly name: string })[] {
  return Array.from({ length: workers }, (_, number) => {
    const state = states.find(({ worker }) => worker === number)
    const readiness = state?.readiness ?? { isReady: false, detail: 'does not answer' }
    return { name: `worker ${number}`, ...readiness }
  })
}

function send(message: WorkerMessage): void {
  if (process.connected) process.send?.(message)
}
