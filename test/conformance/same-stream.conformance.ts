import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OpenServer } from './conformance-server.ts'
import { changesIn, type Frame, idOf, openStream, TRANSPORTS, type TransportName } from './frame-stream.ts'
import { serverFor } from './server-under-test.ts'
import { changes, type TestChange } from './test-change.ts'

/** What a random run is made of. */
interface Run {
  /** How many changes are there before the streams begin, and how many are appended at a time while they run. */
  readonly stored: number
  readonly appends: readonly number[]
  /** The most changes in a frame, over each transport. */
  readonly batches: readonly number[]
  readonly query: Readonly<Record<string, string>>
  /** Where the resumed stream is cut: after so many frames, and over which transport it goes on. */
  readonly cuts: readonly {
    readonly after: number
    readonly transport: TransportName
    readonly batch: number
  }[]
}

const batch = fc.constantFrom(1, 1, 2, 7, 1_000)
const run: fc.Arbitrary<Run> = fc.record({
  stored: fc.nat(60),
  appends: fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 6 }),
  batches: fc.tuple(...TRANSPORTS.map(() => batch)),
  query: fc.constantFrom<Readonly<Record<string, string>>>(
    {},
    { namespace: '0' },
    { page: '1,3,5', parts: 'core,patch' },
    { tag: 'rare' },
    { filter: '{"any":[{"namespace":1},{"tag":"rare"}]}', parts: 'core' },
  ),
  cuts: fc.array(
    fc.record({ after: fc.integer({ min: 1, max: 12 }), transport: fc.constantFrom(...TRANSPORTS), batch }),
    { maxLength: 6 },
  ),
})

const RUNS = 25

export function sameStreamConformance(openServer: OpenServer): void {
  describe('the same subscription', () => {
    const server = serverFor(openServer)

    it('R-30 R-24 R-28 R-60: gives the same changes over every transport, in frames of one or of several, uncut and cut anywhere', async () => {
      await fc.assert(
        fc.asyncProperty(run, async ({ stored, appends, batches, query, cuts }) => {
          const from = await tipOf(server().url)
          const given = changesFor(stored + appends.reduce((sum, size) => sum + size, 0))
          await server().append(given.slice(0, stored))
          const uncut = await Promise.all(
            TRANSPORTS.map((transport, index) =>
              openStream(server().url, transport, {
                query: { ...query, from, batch: String(batches[index]) },
              }),
            ),
          )
          const appending = appendInTurns(given.slice(stored), appends)
          const resumed = resumedThrough(query, from, cuts)
          await appending
          const wanted = await wantedIds(query, from)
          for (const stream of uncut) {
            using open = stream
            const received = await open.changes(wanted.length)
            expect(received.map(idOf).toSorted()).toEqual(wanted)
            expect(pagesInOrder(received)).toBe(true)
          }
          const pieces = await resumed(wanted.length)
          expect(pieces.map(idOf).toSorted()).toEqual(wanted)
          expect(pagesInOrder(pieces)).toBe(true)
        }),
        { numRuns: RUNS },
      )
    })

    async function appendInTurns(given: readonly TestChange[], sizes: readonly number[]): Promise<void> {
      let at = 0
      for (const size of sizes) {
        await server().append(given.slice(at, at + size))
        at += size
        await new Promise((resolve) => setImmediate(resolve))
      }
    }

    /** Begins at once, so that the cuts fall before, at and behind the seam to the live stream. */
    function resumedThrough(query: Run['query'], from: string, cuts: Run['cuts']) {
      const received: Frame[] = []
      let cursor = from
      const read = async ({ after, transport, batch }: Run['cuts'][number]) => {
        const terms = { ...query, from: cursor, batch: String(batch) }
        using stream = await openStream(server().url, transport, { query: terms })
        for (let frames = 0; frames < after; frames++) {
          const frame = await stream.next()
          if (frame === undefined) return
          received.push(...changesIn(frame))
          cursor = frame.cursor ?? cursor
          if (frame.state === 'live') return
        }
      }
      const cutting = (async () => {
        for (const cut of cuts) await read(cut)
      })()
      return async (count: number) => {
        await cutting
        using stream = await openStream(server().url, 'ndjson', { query: { ...query, from: cursor } })
        return [...received, ...(await stream.changes(count - received.length))]
      }
    }

    async function wantedIds(query: Run['query'], from: string): Promise<string[]> {
      using stream = await openStream(server().url, 'ndjson', { query: { ...query, from, until: 'latest' } })
      return (await stream.rest()).flatMap(({ change }) => change?.id ?? []).toSorted()
    }
  })
}

let series = 0

function changesFor(count: number): TestChange[] {
  return changes(`r${series++}-`, count).map((change, index) => ({
    ...change,
    namespace: index % 3 === 0 ? 1 : 0,
    tags: index % 11 === 5 ? ['rare'] : [],
  }))
}

async function tipOf(url: string): Promise<string> {
  using stream = await openStream(url, 'ndjson')
  return String((await stream.ofType('progress')).cursor)
}

/** Ids end in a number that rises within each page. */
function pagesInOrder(frames: readonly Frame[]): boolean {
  const last = new Map<unknown, number>()
  return frames.every(({ change }) => {
    const { page, id } = change as unknown as { page: { id: number }; id: string }
    const number = Number(id.split('-')[1])
    const isInOrder = number > (last.get(page.id) ?? -1)
    last.set(page.id, number)
    return isInOrder
  })
}
