import { InMemoryChangeLog } from '@freshet/change-log'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ConformanceServer, LIMITS } from '../../../test/conformance/conformance-server.ts'
import { openFanoutServer } from '../../../test/conformance/fanout-server.ts'
import { changes } from './stream/changes.ts'
import {
  deleteWatchList,
  getWatchList,
  getWatchListEntries,
  listWatchLists,
  putWatchList,
} from './watch-lists.ts'

let server: ConformanceServer

beforeEach(async () => {
  server = await openFanoutServer(new InMemoryChangeLog(), LIMITS)
})

afterEach(() => server[Symbol.asyncDispose]())

describe('watch-lists, of the fan-out itself', () => {
  it('are stored, described, read and deleted', async () => {
    const list = await putWatchList(server, { name: 'mine', of: 'page', entries: new Set([10, 2]) })
    expect(list).toMatchObject({ name: 'mine', of: 'page', entries: 2 })
    expect(await listWatchLists(server)).toEqual([list])
    expect(await getWatchList(server, 'mine')).toEqual(list)
    expect(await getWatchListEntries(server, 'mine')).toEqual(['10', '2'])
    expect(await deleteWatchList(server, 'mine')).toBe(true)
    expect(await deleteWatchList(server, 'mine')).toBe(false)
    expect(await getWatchList(server, 'mine')).toBeUndefined()
    expect(await getWatchListEntries(server, 'mine')).toBeUndefined()
  })

  it('are replaced only where the version is the expected one', async () => {
    const list = { name: 'mine', of: 'title' } as const
    const { version } = await putWatchList(server, { ...list, entries: ['Rain'], expected: null })
    const failed = { code: 'precondition_failed', status: 412, isRetryable: false }
    await expect(putWatchList(server, { ...list, entries: ['Snow'], expected: null })).rejects.toMatchObject(
      failed,
    )
    const replaced = await putWatchList(server, { ...list, entries: ['Snow'], expected: version })
    await expect(
      putWatchList(server, { ...list, entries: ['Hail'], expected: version }),
    ).rejects.toMatchObject(failed)
    expect(await getWatchList(server, 'mine')).toEqual(replaced)
  })

  it('are refused with the places of what is wrong', async () => {
    await expect(
      putWatchList(server, { name: 'mine', of: 'item', entries: ['Q1', 'Rain\nSnow'] }),
    ).rejects.toMatchObject({ code: 'invalid_watch_list', message: expect.stringContaining('entry 1: ') })
  })

  it('are told within the stream', async () => {
    const { version } = await putWatchList(server, { name: 'mine', of: 'page', entries: [3] })
    await server.append([
      { id: 'other', page: 1 },
      { id: 'listed', page: 3 },
    ])
    const { url } = server
    const frames = await Array.fromAsync(
      changes({ url, filter: { watchList: 'mine' }, from: 'earliest', until: 'latest' }),
    )
    expect(frames.map(({ type }) => type)).toEqual(['progress', 'watch-lists', 'change'])
    expect(frames[1]).toMatchObject({ watchLists: [{ name: 'mine', version }] })
    expect(frames[2]).toMatchObject({ change: { id: 'listed' } })
  })
})
