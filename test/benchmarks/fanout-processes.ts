import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuSecondsOf } from '../harness/cpu-seconds.ts'
import type { LoadOrder, Partners } from './fanout-load.ts'
import type { ServerOrder } from './fanout-server.ts'
import type { SubjectName } from './fanout-subjects.ts'

/** How events are published during a measurement, and to how many each of them goes. */
export type Pace =
  | { readonly type: 'rate'; readonly perSecond: number; readonly deliveriesPerEvent: number }
  | { readonly type: 'saturate'; readonly inFlight: number; readonly deliveriesPerEvent: number }

export interface Measured {
  readonly deliveries: number
  readonly bytes: number
  readonly events: number
  readonly cpuSeconds: number
  readonly seconds: number
  /** In milliseconds, of some of the deliveries. */
  readonly delays: readonly number[]
}

interface Reply {
  readonly type: string
  readonly [field: string]: unknown
}

const SETTLE_MS = 300

/** A server under test and its partners, each in a process of its own. */
export class Scene implements AsyncDisposable {
  readonly #server: ChildProcess
  readonly #load: ChildProcess
  readonly #port: number

  static async open(subject: SubjectName): Promise<Scene> {
    const server = start('fanout-server.ts', [subject])
    const load = start('fanout-load.ts', [])
    const { port } = await reply(server, 'listening')
    load.on('message', (message: Reply) => {
      if (message.type === 'delivered' && server.connected) server.send(message)
    })
    return new Scene(server, load, Number(port))
  }

  private constructor(server: ChildProcess, load: ChildProcess, port: number) {
    this.#server = server
    this.#load = load
    this.#port = port
  }

  async connect(partners: readonly Partners[]): Promise<void> {
    const opened = reply(this.#load, 'opened')
    this.#load.send({ type: 'open', port: this.#port, partners } satisfies LoadOrder)
    await opened
    await sleep(SETTLE_MS)
  }

  async measure(pace: Pace, seconds: number): Promise<Measured> {
    const begun = reply(this.#load, 'begun')
    this.#load.send({ type: 'begin' } satisfies LoadOrder)
    await begun
    const cpuBefore = this.#cpuSeconds()
    const startMs = performance.now()
    this.#server.send(pace satisfies ServerOrder)
    await sleep(seconds * 1_000)
    const counted = reply(this.#load, 'counted')
    this.#load.send({ type: 'end' } satisfies LoadOrder)
    const { delivered, bytes, delays } = await counted
    const measured = {
      deliveries: Number(delivered),
      bytes: Number(bytes),
      delays: delays as number[],
      cpuSeconds: this.#cpuSeconds() - cpuBefore,
      seconds: (performance.now() - startMs) / 1_000,
    }
    const stopped = reply(this.#server, 'stopped')
    this.#server.send({ type: 'stop' } satisfies ServerOrder)
    const { published } = await stopped
    await sleep(SETTLE_MS)
    return { ...measured, events: Number(published) }
  }

  /** Resident memory of the server in bytes, after a garbage collection. */
  async memory(): Promise<number> {
    const answered = reply(this.#server, 'memory')
    this.#server.send({ type: 'memory' } satisfies ServerOrder)
    return Number((await answered).rss)
  }

  /** The server starts no other processes, so this is its whole tree. */
  #cpuSeconds(): number {
    return cpuSecondsOf(this.#server.pid ?? 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of [this.#server, this.#load]) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    }
  }
}

function start(file: string, args: readonly string[]): ChildProcess {
  const child = fork(join(import.meta.dirname, file), args, { execArgv: ['--expose-gc'] })
  child.setMaxListeners(0)
  return child
}

function reply(child: ChildProcess, type: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`a process of the benchmark ended before it said "${type}"`))
    const heard = (message: Reply) => {
      if (message.type !== type) return
      child.off('message', heard)
      child.off('exit', ended)
      resolve(message)
    }
    child.on('message', heard)
    child.once('exit', ended)
  })
}
