import { setImmediate as nextTurn } from 'node:timers/promises'
import { InMemoryChangeLog } from '@freshet/change-log'
import { type CloseCode, UNBATCHED, type WatchList } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'
import { SharedFilters } from '../matching/shared-filters.ts'
import { Representation } from '../representation/representation.ts'
import { Tail } from '../tail/tail.ts'
import { changeRecord, changesTopic } from '../testing/change-records.ts'
import { storedWatchList } from '../testing/watch-lists.ts'
import { InMemoryTransport } from '../transport/in-memory-transport.ts'
import { Broadcast } from './broadcast.ts'
import { Delivery } from './delivery.ts'
import { StreamEnd } from './stream-end.ts'
import { type Closing, Subscription } from './subscription.ts'

const TURNS_ENOUGH = 20

/** One subscription from the earliest, on a log of one partition, with a clock that the test moves. */
async function subscribe(stored: number) {
  const log = new InMemoryChangeLog()
  await log.ensureTopics([changesTopic(1, undefined)])
  await log.append(Array.from({ length: stored }, (_, index) => changeRecord(`c${index}`, {})))
  const abort = new AbortController()
  const tail = await Tail.open({ log, bytesMax: 1_000_000, batchBytesMax: 1_000 })
  const transport = new InMemoryTransport('ndjson')
  const watchLists = new Map<string, WatchList>()
  const filters = new SharedFilters({ valuesMax: 100, watchLists })
  const time = { ms: Date.now() }
  const broadcast = new Broadcast({ tail, filters, clock: () => time.ms, flushIntervalMs: 1 })
  const following = Promise.all([tail.follow(abort.signal, () => undefined), broadcast.run(abort.signal)])
  const ended: (CloseCode | undefined)[] = []
  const options = {
    log,
    tail,
    broadcast,
    delivery: new Delivery({
      transport,
      filter: filters.acquire({}),
      representation: new Representation('ndjson', ['core'], 'default', UNBATCHED),
      unsentBytesMax: 500,
      clock: () => time.ms,
    }),
    end: await StreamEnd.of(log, [], undefined, time.ms),
    readBatchBytesMax: 10_000,
    progressIntervalMs: 5_000,
    slow: { lagRecordsMin: 50, lagMsMin: 60_000, windowMs: 30_000, recordsMin: 1 },
    clock: () => time.ms,
    onEnd: (closing: Closing | undefined) => ended.push(closing?.code),
  }
  const subscription = new Subscription(options, [0n])
  subscription.run()
  await turns()
  const take = () =>
    transport
      .take()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  return {
    log,
    subscription,
    take,
    time,
    ended,
    filters,
    watchLists,
    [Symbol.asyncDispose]: async () => {
      subscription.end()
      abort.abort()
      await following
    },
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < TURNS_ENOUGH; turn++) await nextTurn()
}

describe('a subscription', () => {
  it('renders no more than its transport has room for, and goes on when the partner has read', async () => {
    await using opened = await subscribe(100)
    const first = opened.take()
    expect(first.length).toBeLessThan(20)
    await turns()
    expect(opened.take()[0].change.id).toBe(`c${first.length - 1}`)
  })

  it('R-47: writes nothing once it was ended, also when it was waiting for its partner', async () => {
    await using opened = await subscribe(100)
    opened.subscription.end()
    expect(opened.take().length).toBeGreaterThan(0)
    await turns()
    expect(opened.take()).toEqual([])
    expect(opened.ended).toEqual([undefined])
    expect(opened.filters.size).toBe(0)
  })

  it('R-33: tells its progress only when the partner does not know it', async () => {
    await using opened = await subscribe(1)
    const { subscription, time, take } = opened
    expect(take().at(-1)).toMatchObject({ type: 'progress', state: 'live' })
    time.ms += 60_000
    subscription.tick(time.ms, true)
    expect(take()).toEqual([])
    subscription.update(opened.filters.acquire({ wiki: ['nowiki'] }), undefined)
    await opened.log.append([changeRecord('unwanted', {})])
    await turns()
    subscription.tick(time.ms, true)
    subscription.tick(time.ms, true)
    expect(take()).toMatchObject([{ type: 'progress', cursor: subscription.cursor }])
  })

  it('R-75: tells of watch-lists that were replaced while there was no room once there is, and only of the newest', async () => {
    await using opened = await subscribe(100)
    const { subscription, filters, watchLists } = opened
    for (let version = 0; version < 500; version++) {
      watchLists.set('mine', await storedWatchList('mine', 'title', [`Not it ${version}`]))
      if (version === 0) subscription.update(filters.acquire({ watchList: ['mine'] }), undefined)
      else subscription.renewFilter()
    }
    const { version } = watchLists.get('mine') ?? {}
    const passedBefore = opened.take()
    expect(passedBefore.length).toBeLessThan(20)
    expect(passedBefore.map(({ type }) => type)).not.toContain('watch-lists')
    await turns()
    const [told, ...rest] = opened.take()
    expect(told).toMatchObject({ type: 'watch-lists', watchLists: [{ name: 'mine', version }] })
    expect(told.cursor).toBe(passedBefore.at(-1).cursor)
    expect(rest.map(({ type }) => type)).toEqual(['progress'])
    expect(filters.size).toBe(1)
  })

  it('R-76: ends when a watch-list that its filter names is gone, with its cursor', async () => {
    await using opened = await subscribe(1)
    const { subscription, filters, watchLists, ended } = opened
    watchLists.set('mine', await storedWatchList('mine', 'title', ['Ada Lovelace']))
    subscription.update(filters.acquire({ not: { watchList: ['mine'] } }), undefined)
    watchLists.delete('mine')
    const { cursor } = subscription
    subscription.renewFilter()
    expect(opened.take().at(-1)).toMatchObject({ type: 'closing', code: 'unknown_watch_list', cursor })
    expect(ended).toEqual(['unknown_watch_list'])
    expect(filters.size).toBe(0)
  })

  it('R-31 R-37: is closed when it is far behind and its partner reads nothing, with its cursor', async () => {
    await using opened = await subscribe(100)
    const { subscription, time, ended } = opened
    for (let second = 0; second <= 120 && ended.length === 0; second++) {
      time.ms += 1_000
      subscription.tick(time.ms, true)
    }
    expect(ended).toEqual(['too_slow'])
    const frames = opened.take()
    const last = frames.at(-1)
    expect(last).toMatchObject({ type: 'closing', code: 'too_slow', reconnect: true })
    expect(last.cursor).toBe(frames.at(-2).cursor)
    await turns()
    expect(opened.take()).toEqual([])
  })

  it('R-31: stays when its partner reads, however slowly', async () => {
    await using opened = await subscribe(300)
    for (let second = 0; second <= 200; second++) {
      opened.time.ms += 1_000
      opened.subscription.tick(opened.time.ms, true)
      if (second % 20 === 0) opened.take()
      await turns()
    }
    expect(opened.ended).toEqual([])
  })
})
