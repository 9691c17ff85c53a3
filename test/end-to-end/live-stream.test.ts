import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { FreshetProcess } from '../harness/freshet-process.ts'
import { PageTexts } from '../harness/page-texts.ts'
import { resumingChanges } from '../harness/subscriber.ts'
import { testLogs } from '../harness/test-logs.ts'
import { WEBPLATFORM_DOMAIN } from '../recordings/webplatform-edits.ts'
import { WEBPLATFORM_FIXTURE_PATH } from '../recordings/webplatform-fixture.ts'
import {
  webplatformPageChangeEvents,
  webplatformTexts,
} from '../recordings/webplatform-page-change-events.ts'
import { WEBPLATFORM_DATA_PATH } from '../recordings/webplatform-row.ts'
import type { ActionApiFault } from '../simulators/action-api-faults.ts'
import { faultSchedule, seededRandom } from '../simulators/action-api-faults.ts'
import { ActionApiSimulator } from '../simulators/action-api-simulator.ts'
import { simulatedRevision } from '../simulators/action-api-wiki.ts'
import {
  type EventStreamsFault,
  serviceUnavailable,
  tooManyRequests,
} from '../simulators/event-streams-fault.ts'
import { EventStreamsSimulator } from '../simulators/event-streams-simulator.ts'

const TOPIC = 'eqiad.mediawiki.page_change.v1'
/** Enough for every fault to happen several times, within a minute. */
const EVENTS_MAX = 600
const CONNECTIONS = 14
const BEGINNING_MS = 1_700_000_000_000

/** A wiki's events and texts behind real servers that fail in every way, from a seed. */
async function simulatedWiki(inputPath: string) {
  const stream = await EventStreamsSimulator.start({
    stream: 'mediawiki.page_change.v1',
    topics: [TOPIC, 'codfw.mediawiki.page_change.v1'],
    firstOffset: 1_000,
  })
  const api = await ActionApiSimulator.start()
  for (const [revisionId, text] of await webplatformTexts(inputPath)) {
    api.wiki(WEBPLATFORM_DOMAIN).put(simulatedRevision({ revisionId, text }))
  }
  const events = (await Array.fromAsync(webplatformPageChangeEvents(inputPath))).slice(0, EVENTS_MAX)
  return { stream, api, events }
}

const canary = { $schema: '/mediawiki/page/change/1.2.0', meta: { domain: 'canary' } }

function feed(stream: EventStreamsSimulator, data: Record<string, unknown>, timestamp: number): void {
  stream.feed({ topic: TOPIC, partition: 0, timestamp, data })
}

/** Each in turn; the last connection trickles, and lives. */
function streamFaults(seed: number): readonly EventStreamsFault[] {
  const random = seededRandom(seed)
  const some = (max: number) => Math.floor(random() * max)
  const faults = Array.from({ length: CONNECTIONS - 1 }, (_, index): EventStreamsFault => {
    switch (index % 6) {
      case 0:
        return { type: 'cut', afterEvents: some(60), frameBytes: some(300) }
      case 1:
        return tooManyRequests('0')
      case 2:
        return { type: 'end', afterEvents: some(60) }
      case 3:
        return serviceUnavailable({})
      case 4:
        return { type: 'stall', afterEvents: some(60) }
      default:
        return { type: 'error-event', afterEvents: some(60) }
    }
  })
  return [...faults, { type: 'trickle', bytesPerWrite: 1_000 }]
}

const apiFaults: readonly ActionApiFault[] = [
  { type: 'maxlag', lagSeconds: 6, retryAfter: '0' },
  { type: 'api_error', code: 'ratelimited' },
  { type: 'status', status: 429, retryAfter: '0' },
  { type: 'status', status: 503, retryAfter: undefined },
  { type: 'html' },
  { type: 'half' },
  { type: 'cut' },
]

/** A partner's copy once so many changes have arrived, from the beginning. */
async function copyOf(freshet: FreshetProcess, count: number): Promise<PageTexts> {
  const copy = new PageTexts()
  const done = new AbortController()
  for await (const { change } of resumingChanges(() => freshet.url, { parts: 'core,diff' }, done.signal)) {
    copy.apply(change)
    if (copy.ids.size === count) done.abort()
  }
  return copy
}

const inputPath = existsSync(WEBPLATFORM_DATA_PATH) ? WEBPLATFORM_DATA_PATH : WEBPLATFORM_FIXTURE_PATH

for (const log of await testLogs()) {
  describe.skipIf(log.missing)(`on ${log.name}`, () => {
    describe('a wiki that is followed live', () => {
      it('loses nothing and repeats nothing, whatever its stream and its API do', async () => {
        const { stream, api, events } = await simulatedWiki(inputPath)
        await using _stream = stream
        await using _api = api
        stream.failNext(...streamFaults(7))
        api.nextFault = faultSchedule(7, 0.15, apiFaults)
        await using freshet = await FreshetProcess.start({
          log,
          options: [
            ...['--source', `${stream.url}?since=${BEGINNING_MS}`, '--mediawiki-api', api.urlTemplate],
            ...[
              '--mediawiki-domains',
              WEBPLATFORM_DOMAIN,
              '--liveness-timeout-ms',
              '500',
              '--text-grace-ms',
              '0',
            ],
          ],
          dataDir: undefined,
          port: 0,
        })
        for (const [index, event] of events.entries()) {
          if (index % 10 === 0) feed(stream, canary, BEGINNING_MS + index)
          // Several in one millisecond: an id that only knows the time cannot tell them apart.
          feed(stream, event, BEGINNING_MS + Math.floor(index / 5))
        }
        const copy = await copyOf(freshet, events.length)
        expect(copy.ids.size).toBe(events.length)
        expect(stream.requests.length).toBeGreaterThanOrEqual(CONNECTIONS)
        expect(api.requests.some(({ fault }) => fault !== undefined)).toBe(events.length > 100)
      }, 180_000)

      it('goes on where it was after the process was killed, without asking for anything twice', async () => {
        const { stream, api, events } = await simulatedWiki(WEBPLATFORM_FIXTURE_PATH)
        await using _stream = stream
        await using _api = api
        const source = `${stream.url}?since=${BEGINNING_MS}`
        const options = ['--source', source, '--mediawiki-api', api.urlTemplate, '--mediawiki-domains', '*']
        const half = Math.floor(events.length / 2)
        for (const event of events.slice(0, half)) feed(stream, event, BEGINNING_MS)
        await using first = await FreshetProcess.start({ log, options, dataDir: undefined, port: 0 })
        expect((await copyOf(first, half)).ids.size).toBe(half)
        await first.end('SIGKILL')
        for (const event of events.slice(half)) feed(stream, event, BEGINNING_MS + 1)
        await using second = await FreshetProcess.start({ log, options, dataDir: first.dataDir, port: 0 })
        expect((await copyOf(second, events.length)).ids.size).toBe(events.length)
        expect(stream.requests.at(-1)?.headers['last-event-id']).toContain(TOPIC)
      }, 60_000)

      it('is said to be out of reach by /readyz, while everything else goes on', async () => {
        const nobody = createServer()
        await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve))
        const { port } = nobody.address() as { port: number }
        await new Promise((resolve) => nobody.close(resolve))
        await using freshet = await FreshetProcess.start({
          log,
          options: ['--source', `http://127.0.0.1:${port}/v2/stream/mediawiki.page_change.v1`],
          dataDir: undefined,
          port: 0,
        })
        const answer = await fetch(`${freshet.url}/readyz`)
        expect(answer.status).toBe(503)
        expect(await answer.json()).toMatchObject({
          parts: { ingest: { isReady: false }, fanout: { isReady: true } },
        })
        expect((await fetch(`${freshet.url}/healthz`)).status).toBe(200)
      })
    })
  })
}
