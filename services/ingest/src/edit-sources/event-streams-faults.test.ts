import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { editFromWikimediaEvent } from '@freshet/events'
import { describe, expect, it } from 'vitest'
import {
  type EventStreamsFault,
  serviceUnavailable,
  tooManyRequests,
} from '../../../../test/simulators/event-streams-fault.ts'
import type { FedEvent } from '../../../../test/simulators/event-streams-log.ts'
import { EventStreamsSimulator } from '../../../../test/simulators/event-streams-simulator.ts'
import { ITEM_BYTES_MAX } from './edit-source.ts'
import { EventFrames } from './event-frames.ts'
import { DATA_FOLDER, hasDataFolder } from './fixtures/data-folder.ts'
import { fed, fromStart, sourceOf, startSimulator, T0, TOPICS } from './fixtures/event-streams-testbed.ts'
import { Reading } from './fixtures/reading.ts'
import { seeded } from './fixtures/seeded.ts'

describe('EventStreamsSource under a random schedule of faults', () => {
  it.for([1, 2, 3, 4, 5, 6])('gets what was fed, nothing lost and nothing twice (seed %i)', async (seed) => {
    const random = seeded(seed)
    await using simulator = await startSimulator()
    const reading = new Reading(sourceOf(simulator, fromStart(simulator)))
    let id = 0
    for (let round = 0; round < 40; round += 1) {
      simulator.failNext(randomFault(random))
      const count = Math.floor(random() * 8)
      for (let fedNow = 0; fedNow < count; fedNow += 1) {
        id += 1
        // Whole seconds that run back and forth, as in real captures, and two data centres.
        const timestamp = T0 + Math.floor(id / 5 + random() * 4) * 1_000
        const topic = TOPICS[random() < 0.3 ? 1 : 0]
        simulator.feed(fed(id, { topic, timestamp, dt: new Date(timestamp).toISOString() }))
      }
      if (random() < 0.3) await reading.revisions(id)
    }
    await reading.revisions(id)
    expect(reading.revisionIds).toEqual(Array.from({ length: id }, (_, index) => index + 1))
    await reading.stop()
  })
})

describe.skipIf(!hasDataFolder)('EventStreamsSource on a capture of recentchange (../shared/data)', () => {
  it.for([1, 2])('gets all 1,500 events through a random schedule of faults (seed %i)', async (seed) => {
    const random = seeded(seed)
    const topics = ['eqiad.mediawiki.recentchange', 'codfw.mediawiki.recentchange']
    const stream = 'mediawiki.recentchange'
    await using simulator = await EventStreamsSimulator.start({ stream, topics, firstOffset: 441_362_975 })
    const events = capturedEvents()
    simulator.feed(...events)
    for (let fault = 0; fault < 40; fault += 1) simulator.failNext(faultAfter(random, 400))
    const reading = new Reading(sourceOf(simulator, fromStart(simulator)))
    await reading.read(events.length)
    const expected = events.flatMap(({ data }) => {
      const mapped = editFromWikimediaEvent(data)
      return mapped.type === 'edit' ? [mapped.edit.id] : []
    })
    expect(reading.items).toHaveLength(events.length)
    expect(reading.items.flatMap((it) => (it.type === 'edit' ? [it.edit.id] : []))).toEqual(expected)
    expect(simulator.requests.length).toBeGreaterThan(10)
    await reading.stop()
  })
})

/** The events of the capture, each with the time that its own id gives for its partition. */
function capturedEvents(): readonly FedEvent[] {
  const capture = gunzipSync(readFileSync(path.join(DATA_FOLDER, 'recentchange.sse.gz')))
  return new EventFrames(ITEM_BYTES_MAX).push(capture).map(({ id, data }) => {
    const event = JSON.parse(data)
    const { topic, partition } = event.meta
    const places: { topic: string; timestamp: number }[] = JSON.parse(id ?? '')
    const timestamp = (places.find((place) => place.topic === topic)?.timestamp ?? 0) - 1
    return { topic, partition, timestamp, data: event }
  })
}

function randomFault(random: () => number): EventStreamsFault {
  if (random() < 0.1) return { type: 'trickle', bytesPerWrite: 20 + Math.floor(random() * 200) }
  return faultAfter(random, 4)
}

function faultAfter(random: () => number, eventsMax: number): EventStreamsFault {
  const afterEvents = Math.floor(random() * eventsMax)
  const faults: readonly EventStreamsFault[] = [
    { type: 'cut', afterEvents, frameBytes: Math.floor(random() * 400) },
    { type: 'end', afterEvents },
    { type: 'end-at-once' },
    { type: 'error-event', afterEvents },
    serviceUnavailable({}),
    tooManyRequests('0'),
  ]
  return faults[Math.floor(random() * faults.length)] ?? { type: 'end-at-once' }
}
