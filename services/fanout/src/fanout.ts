import type { Server } from 'node:http'
import type { ChangeLog } from '@freshet/change-log'
import type { Readiness } from '@freshet/service'
import type { FastifyInstance } from 'fastify'
import type { FanoutSettings } from './config.ts'
import { Connections } from './connection/connections.ts'
import type { FanoutContext } from './context.ts'
import { dictionaryRoutes } from './dictionaries/dictionary-routes.ts'
import { DictionaryShelf } from './dictionaries/dictionary-shelf.ts'
import { LogFollower } from './log-follower.ts'
import { SharedFilters } from './matching/shared-filters.ts'
import { onTailFailed } from './metrics.ts'
import { changesRoute } from './routes/changes.ts'
import { ChangesUpgrade } from './routes/changes-upgrade.ts'
import { Broadcast } from './subscription/broadcast.ts'
import { Tail } from './tail/tail.ts'
import { WatchListReader } from './watch-lists/watch-list-reader.ts'
import { watchListRoutes } from './watch-lists/watch-list-routes.ts'
import { WatchListStore } from './watch-lists/watch-list-store.ts'

export interface FanoutOptions {
  readonly log: ChangeLog
  readonly settings: FanoutSettings
}

const TICK_MS = 1_000

interface Running {
  readonly context: FanoutContext
  readonly connections: Connections
  readonly follower: LogFollower
  readonly following: Promise<void>
  readonly ticks: NodeJS.Timeout
}

/** Article changes in, partner streams out. The topic of the changes has to be there; only watch-lists are written to the log. */
export class Fanout implements AsyncDisposable {
  readonly #options: FanoutOptions
  readonly #stopped = new AbortController()
  #running: Running | undefined
  #failure: string | undefined
  #isDraining = false

  constructor(options: FanoutOptions) {
    this.#options = options
  }

  /** To be called once, before the routes are registered. */
  async start(): Promise<void> {
    const { log, settings } = this.#options
    const tail = await Tail.open({
      log,
      bytesMax: settings.tailBytesMax,
      batchBytesMax: settings.readBatchBytesMax,
    })
    const watchLists = new WatchListReader({ log, onChange: () => void connections.renewFilters() })
    const filters = new SharedFilters({
      valuesMax: settings.filterValuesTotalMax,
      watchLists: watchLists.lists,
    })
    const dictionaries = new DictionaryShelf(log)
    const clock = Date.now
    const broadcast = new Broadcast({ tail, filters, clock, flushIntervalMs: settings.flushIntervalMs })
    const slow = {
      lagRecordsMin: settings.slowLagRecordsMin,
      lagMsMin: settings.slowLagMsMin,
      windowMs: settings.slowWindowMs,
      recordsMin: settings.slowRecordsMin,
    }
    const context = { log, tail, broadcast, filters, dictionaries, watchLists, settings, slow, clock }
    const connections: Connections = new Connections(context)
    const follower = new LogFollower(tail)
    const { signal } = this.#stopped
    const running = [
      follower.run(signal),
      broadcast.run(signal),
      dictionaries.run(signal),
      new LogFollower(watchLists).run(signal),
    ]
    const following = Promise.all(running).then(
      () => undefined,
      (error) => this.#fail(error),
    )
    const ticks = setInterval(() => connections.tick(Date.now(), follower.outage === undefined), TICK_MS)
    this.#running = { context, connections, follower, following, ticks }
    await dictionaries.ready
  }

  /** Adds the routes of the stream over HTTP, and of the watch-lists. */
  register(app: FastifyInstance): void {
    const { context, connections } = this.#started
    changesRoute(app, context, connections)
    dictionaryRoutes(app, context.dictionaries)
    const { log, settings, watchLists: reader } = context
    const store = new WatchListStore({ log, reader, limits: settings })
    watchListRoutes(app, { store, connections, settings })
  }

  /** Takes the server's upgrades to WebSocket, all of them. */
  attach(server: Server): void {
    const { context, connections } = this.#started
    new ChangesUpgrade(context, connections).attach(server)
  }

  readiness(): Readiness {
    const { connections, follower } = this.#started
    const unready = (detail: string) => ({ isReady: false, detail })
    if (this.#failure !== undefined) return unready(`stopped: ${this.#failure}`)
    if (this.#isDraining) return unready('draining')
    if (follower.outage !== undefined) return unready(`the log cannot be read: ${follower.outage}`)
    return { isReady: true, detail: `${connections.size} connections` }
  }

  /** Closes all connections over `windowMs`, each with a code that says to come back, and takes no new ones. */
  async drain(windowMs: number): Promise<void> {
    this.#isDraining = true
    await this.#running?.connections.drain(windowMs)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(0)
    this.#stopped.abort()
    clearInterval(this.#running?.ticks)
    await this.#running?.following
  }

  get #started(): Running {
    if (this.#running === undefined) throw new Error('the fan-out has not been started')
    return this.#running
  }

  /** Without its tail no subscriber would ever hear of a change: nobody may think that all is well. */
  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error.message : String(error)
    onTailFailed(error)
    void this.#running?.connections.drain(0)
  }
}
