import { encodeCursor } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'
import type { OpenServer } from './conformance-server.ts'
import { type Frame, idOf, openStream, type Refusal, TRANSPORTS, type TransportName } from './frame-stream.ts'
import { serverFor } from './server-under-test.ts'
import { changes } from './test-change.ts'

export function rangesConformance(openServer: OpenServer): void {
  describe('ranges and cursors', () => {
    const server = serverFor(openServer)
    const open = (
      query: Record<string, string>,
      headers: Record<string, string> = {},
      transport: TransportName = 'ndjson',
    ) => openStream(server().url, transport, { query, headers })
    const refusal = (attempt: Promise<unknown>): Promise<Refusal> =>
      attempt.then(
        () => Promise.reject(new Error('was accepted')),
        (error) => error,
      )
    /** The cursor of the tip. */
    const tip = async () => {
      using stream = await open({})
      return String((await stream.ofType('progress')).cursor)
    }

    it('R-19: starts at the end of the log, and delivers what comes after the answer began', async () => {
      await server().append(changes('before-', 5))
      using stream = await open({})
      await server().append(changes('after-', 1))
      expect(await stream.ids(1)).toEqual(['after-0'])
    })

    it('R-20: delivers from the earliest, then what is new', async () => {
      await server().append(changes('e', 20, { wiki: 'earliestwiki' }))
      using stream = await open({ wiki: 'earliestwiki', from: 'earliest' })
      const old = await stream.ids(20)
      expect(old.toSorted()).toEqual(
        changes('e', 20)
          .map(({ id }) => id)
          .toSorted(),
      )
      await server().append(changes('new', 1, { wiki: 'earliestwiki' }))
      expect(await stream.ids(1)).toEqual(['new0'])
    })

    it('R-20: delivers from a time', async () => {
      await server().append(changes('early', 3, { wiki: 'timewiki' }))
      const cursor = await tip()
      // The log's clock has a resolution of a millisecond.
      const time = await newMillisecond()
      await server().append(changes('late', 3, { wiki: 'timewiki' }))
      using stream = await open({ wiki: 'timewiki', from: time, until: 'latest' })
      expect((await stream.ids(3)).toSorted()).toEqual(['late0', 'late1', 'late2'])
      using same = await open({ wiki: 'timewiki', from: cursor, until: 'latest' })
      expect((await same.ids(3)).toSorted()).toEqual(['late0', 'late1', 'late2'])
      using none = await open({ wiki: 'timewiki', from: 'earliest', until: time })
      expect((await none.rest()).filter(isChange).map(idOf).toSorted()).toEqual([
        'early0',
        'early1',
        'early2',
      ])
    })

    it('R-21: takes Last-Event-ID before from, unless it is empty', async () => {
      const cursor = await tip()
      await server().append(changes('resumed', 1, { wiki: 'resumewiki' }))
      using stream = await open({ wiki: 'resumewiki', from: 'latest' }, { 'last-event-id': cursor }, 'sse')
      expect(await stream.ids(1)).toEqual(['resumed0'])
      using anew = await open({ wiki: 'resumewiki', from: 'earliest' }, { 'last-event-id': '' }, 'sse')
      expect(await anew.ids(1)).toEqual(['resumed0'])
    })

    it.each(TRANSPORTS)('R-22: ends by itself at until (%s)', async (transport) => {
      const wiki = `until${transport}wiki`
      await server().append(changes('u', 10, { wiki }))
      const until = await tip()
      await server().append(changes('v', 10, { wiki }))
      using stream = await open({ wiki, from: 'earliest', until }, {}, transport)
      const frames = await stream.rest()
      expect(frames.filter(isChange).map(idOf).toSorted()).toEqual(
        changes('u', 10)
          .map(({ id }) => id)
          .toSorted(),
      )
      expect(frames.at(-1)).toMatchObject({
        type: 'closing',
        code: 'complete',
        reconnect: false,
        cursor: until,
      })
    })

    it('R-22: ends at a time that has not come yet, whether or not anything happens', async () => {
      const until = new Date(Date.now() + 1_200).toISOString()
      using stream = await open({ wiki: 'futurewiki', until })
      await server().append(changes('f', 3, { wiki: 'futurewiki' }))
      expect((await stream.ids(3)).toSorted()).toEqual(['f0', 'f1', 'f2'])
      expect((await stream.ofType('closing')).code).toBe('complete')
      expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(until))
    })

    it('R-22: ends at once when there is nothing to deliver', async () => {
      for (const query of [{ until: 'earliest' }, { until: 'latest' }, { until: '2001-01-01' }]) {
        using stream = await open(query)
        expect((await stream.rest()).map(({ type }) => type)).toEqual(['progress', 'closing'])
      }
    })

    it('R-23: refuses what is neither cursor nor time', async () => {
      for (const query of [
        { from: 'yesterday' },
        { until: '2026-08-01T12:00' },
        { from: '' },
        { from: '1754049600' },
      ]) {
        const { status, error } = await refusal(open(query))
        expect([status, error.code]).toEqual([400, 'invalid_range'])
      }
    })

    it('R-24: goes on from the cursor of any frame, on another transport as well', async () => {
      const wiki = 'cursorwiki'
      const from = await tip()
      await server().append(changes('c', 12, { wiki }))
      using whole = await open({ wiki, from, until: 'latest' })
      const frames = await whole.rest()
      for (const [index, { cursor }] of frames.entries()) {
        const transport = TRANSPORTS[index % TRANSPORTS.length] ?? 'sse'
        using resumed = await open({ wiki, from: String(cursor), until: 'latest' }, {}, transport)
        const expected = frames
          .slice(index + 1)
          .filter(isChange)
          .map(idOf)
        expect((await resumed.rest()).filter(isChange).map(idOf)).toEqual(expected)
      }
    })

    it('R-25: makes cursors that need no escaping', async () => {
      expect(await tip()).toMatch(/^[A-Za-z0-9._~-]+$/)
    })

    it('R-26: refuses a cursor that was cut short or altered, wherever', async () => {
      const cursor = await tip()
      const altered = [...cursor].map(
        (character, index) =>
          cursor.slice(0, index) + (character === 'a' ? 'b' : 'a') + cursor.slice(index + 1),
      )
      const cut = [1, 5, cursor.length - 10].map((missing) => cursor.slice(0, cursor.length - missing))
      for (const wrong of [...altered, ...cut]) {
        const { status, error } = await refusal(open({}, { 'last-event-id': wrong }))
        expect([status, error.code]).toEqual([400, 'cursor_malformed'])
      }
    })

    it('R-27: refuses a cursor that the log cannot serve, each with its code', async () => {
      const { logId, partitions } = server()
      const zeros = Array<bigint>(partitions).fill(0n)
      for (const [cursor, code] of [
        [encodeCursor('anotherLog12', zeros), 'cursor_other_log'],
        [encodeCursor(logId, [...zeros, 0n]), 'cursor_wrong_partitions'],
        [encodeCursor(logId, zeros.fill(1_000_000_000n)), 'cursor_beyond_end'],
      ] as const) {
        const { status, error } = await refusal(open({ from: cursor }))
        expect([status, error.code]).toEqual([409, code])
        expect(error.help).toContain('from=<time of your last change>')
      }
    })
  })
}

const isChange = ({ type }: Frame) => type === 'change'

/** A time that everything before has a timestamp below, and everything after has not. */
async function newMillisecond(): Promise<string> {
  const now = Date.now()
  while (Date.now() === now) await new Promise((resolve) => setImmediate(resolve))
  return new Date().toISOString()
}
