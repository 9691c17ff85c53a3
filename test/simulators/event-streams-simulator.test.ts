import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { EventStreamsSimulator } from './event-streams-simulator.ts'

const TOPICS = ['eqiad.example', 'codfw.example']
const place = { topic: 'eqiad.example', partition: 0 }

describe('EventStreamsSimulator answers as EventStreams with KafkaSSE does', () => {
  it('with :ok first, then frames whose ids name every partition, next to read', async () => {
    await using simulator = await start()
    simulator.feed({ ...place, timestamp: 1_000, data: { wiki: 'enwiki', meta: { id: 'a' } } })
    const text = await read(`${simulator.url}?since=1`, {}, 'a')
    const [ok, frame] = text.split('\n\n')
    expect(ok).toBe(':ok')
    const [event, id, data] = frame?.split('\n') ?? []
    expect(event).toBe('event: message')
    expect(JSON.parse(id?.slice('id: '.length) ?? '')).toEqual([
      { ...place, timestamp: 1_001 },
      { topic: 'codfw.example', partition: 0, offset: -1 },
    ])
    expect(JSON.parse(data?.slice('data: '.length) ?? '').meta).toMatchObject({
      id: 'a',
      ...place,
      offset: 100,
    })
  })

  it('skipping what is not later than the last event, as Wikimedia does', async () => {
    await using simulator = await start()
    for (const id of ['a', 'b', 'c']) {
      simulator.feed({ ...place, timestamp: id === 'c' ? 1_001 : 1_000, data: { meta: { id } } })
    }
    const text = await read(
      simulator.url,
      { 'last-event-id': JSON.stringify([{ ...place, timestamp: 1_001 }]) },
      'c',
    )
    expect(text).not.toContain('"id":"b"')
  })

  it.for([
    ['{', 400, 'InvalidAssignmentError'],
    ['[{"topic":"eqiad.example"}]', 400, 'InvalidAssignmentError'],
    ['[{"topic":"other","partition":0,"offset":1}]', 404, 'TopicNotAvailableError'],
  ] as const)('to the Last-Event-ID %s with %i', async ([lastEventId, status, name]) => {
    await using simulator = await start()
    const response = await fetch(simulator.url, { headers: { 'last-event-id': lastEventId } })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ origin: 'KafkaSSE', name, statusCode: status })
  })

  it('to a client that does not say who it is with 403', async () => {
    await using simulator = await start()
    const { promise, resolve } = Promise.withResolvers<undefined | number>()
    request(simulator.url, (response) => resolve(response.statusCode)).end()
    expect(await promise).toBe(403)
  })
})

function start(): Promise<EventStreamsSimulator> {
  return EventStreamsSimulator.start({ stream: 'example', topics: TOPICS, firstOffset: 100 })
}

/** Reads until the event with this id is complete. */
async function read(url: string, headers: Record<string, string>, lastId: string): Promise<string> {
  const response = await fetch(url, { headers })
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    if (text.includes(`"id":"${lastId}"`) && text.endsWith('\n\n')) break
  }
  return text
}
