import { describe, expect, it } from 'vitest'
import { parseClientMessage, subscriptionIdIn } from './client-message.ts'
import { ProtocolError } from './errors.ts'
import { parseJson } from './json.ts'
import { PARTS, parseParts } from './parts.ts'
import { parseStreamPoint } from './stream-point.ts'
import { requestFromBody, requestFromQuery } from './subscription-request.ts'

const DEFAULTS = {
  filter: {},
  parts: ['core', 'diff'],
  batch: 1,
  from: { type: 'latest' },
  until: undefined,
}
const fromQuery = (query: string, lastEventId?: string) =>
  requestFromQuery(new URLSearchParams(query), lastEventId)

function refusal(run: () => unknown): ProtocolError {
  try {
    run()
  } catch (error) {
    if (error instanceof ProtocolError) return error
    throw error
  }
  throw new Error('was accepted')
}

describe('a request', () => {
  it('has the same defaults from a query and from a body', () => {
    expect(fromQuery('')).toEqual(DEFAULTS)
    expect(requestFromBody({}, undefined)).toEqual(DEFAULTS)
  })

  it('says the same in a query and in a body', () => {
    const query = fromQuery('wiki=enwiki,dewiki&parts=patch&batch=64&from=earliest&until=2026-08-01')
    const body = requestFromBody(
      {
        filter: { wiki: ['enwiki', 'dewiki'] },
        parts: ['patch'],
        batch: 64,
        from: 'earliest',
        until: '2026-08-01',
      },
      undefined,
    )
    expect(query).toEqual(body)
    expect(query.parts).toEqual(['core', 'patch'])
  })

  it('goes on from the last event id, whatever `from` says, unless it is empty', () => {
    expect(fromQuery('from=earliest', 'a~0~b').from).toEqual({ type: 'cursor', cursor: 'a~0~b' })
    expect(requestFromBody({ from: 'earliest' }, 'x').from).toEqual({ type: 'cursor', cursor: 'x' })
    expect(fromQuery('from=earliest', '').from).toEqual({ type: 'earliest' })
  })

  it.each([
    ['wikis=enwiki', 'invalid_filter', 'there is no query parameter "wikis". Did you mean "wiki"?'],
    ['parts=core,diffs', 'invalid_parts', 'there is no part "diffs". Did you mean "diff"?'],
    ['parts=', 'invalid_parts', 'there is no part ""'],
    ['from=yesterday', 'invalid_range', 'from: "yesterday"'],
    ['until=2026-08-01T10:00', 'invalid_range', 'until:'],
    ['from=latest&from=earliest', 'invalid_range', 'from: given more than once'],
    ['batch=2&batch=3', 'invalid_request', 'batch: given more than once'],
    ['batch=1001', 'invalid_request', 'batch: 1001 is not an integer from 1 to 1000'],
    ['batch=many', 'invalid_request', 'batch: "many" is not'],
  ])('is refused with the query %s', (query, code, message) => {
    const error = refusal(() => fromQuery(query))
    expect(error.code).toBe(code)
    expect(error.message).toContain(message)
  })

  it.each([
    [[], 'invalid_request', 'body: expected object'],
    [null, 'invalid_request', 'body: expected object, got null'],
    [{ filters: {} }, 'invalid_request', 'there is no "filters". Did you mean "filter"?'],
    [{ from: 5 }, 'invalid_request', 'body.from: expected string, got 5'],
    [{ parts: [1] }, 'invalid_request', 'body.parts[0]: expected string, got 1'],
    [{ parts: 'html' }, 'invalid_parts', '"html"'],
    [{ batch: 0 }, 'invalid_request', 'batch: 0 is not an integer from 1 to 1000'],
    [{ batch: 1.5 }, 'invalid_request', 'batch: 1.5'],
    [{ batch: '64' }, 'invalid_request', 'batch: "64"'],
    [{ filter: null }, 'invalid_filter', 'filter: expected object, got null'],
  ])('is refused with the body %j', (body, code, message) => {
    const error = refusal(() => requestFromBody(body, undefined))
    expect(error.code).toBe(code)
    expect(error.message).toContain(message)
  })
})

describe('parts', () => {
  it('are always with core, in their own order, and once', () => {
    expect(parseParts(['patch', 'diff', 'patch'])).toEqual(['core', 'diff', 'patch'])
    expect(parseParts([])).toEqual(['core'])
  })

  it('are listed when one does not exist', () => {
    expect(refusal(() => parseParts(['sections!'])).help).toBe(`The parts are ${PARTS.join(', ')}.`)
  })
})

describe('a stream point', () => {
  it.each([
    ['2026-08-01', Date.UTC(2026, 7, 1)],
    ['2026-08-01T12:30:00Z', Date.UTC(2026, 7, 1, 12, 30)],
    ['2026-08-01T12:30:00.250Z', Date.UTC(2026, 7, 1, 12, 30, 0, 250)],
    ['2026-08-01T12:30+02:00', Date.UTC(2026, 7, 1, 10, 30)],
    ['2026-08-01T12:30 02:00', Date.UTC(2026, 7, 1, 10, 30)],
  ])('reads the time %s', (text, timeMs) => {
    expect(parseStreamPoint(text, 'from')).toEqual({ type: 'time', timeMs })
  })

  it.each(['2026-13-01', '2026-08-01T25:00Z', '1754049600', 'Earliest', '', 'now'])('refuses %j', (text) => {
    expect(refusal(() => parseStreamPoint(text, 'until')).code).toBe('invalid_range')
  })
})

describe('a WebSocket message', () => {
  const read = (text: string) => parseClientMessage(parseJson(text, 'the message'))

  it('subscribes with the same fields as a body', () => {
    const message = read(
      '{"type":"subscribe","id":"a.b:1","filter":{"wiki":"enwiki"},"parts":"patch","from":"earliest"}',
    )
    expect(message).toEqual({
      type: 'subscribe',
      id: 'a.b:1',
      request: {
        filter: { wiki: ['enwiki'] },
        parts: ['core', 'patch'],
        batch: 1,
        from: { type: 'earliest' },
        until: undefined,
      },
    })
  })

  it('leaves what an update does not name as it was', () => {
    expect(read('{"type":"update","id":"a","parts":["core"]}')).toEqual({
      type: 'update',
      id: 'a',
      filter: undefined,
      parts: ['core'],
      batch: undefined,
    })
    expect(read('{"type":"update","id":"a","batch":8}')).toMatchObject({ parts: undefined, batch: 8 })
  })

  it.each([
    ['', 'invalid_json'],
    ['{"type":"subscribe"', 'invalid_json'],
    ['"subscribe"', 'invalid_request'],
    ['{}', 'invalid_request'],
    ['{"type":"publish","id":"a"}', 'invalid_request'],
    ['{"type":"subscribe"}', 'invalid_request'],
    ['{"type":"subscribe","id":"a b"}', 'invalid_request'],
    ['{"type":"subscribe","id":"a\\u0000"}', 'invalid_request'],
    ['{"type":"subscribe","id":7}', 'invalid_request'],
    ['{"type":"update","id":"a","from":"earliest"}', 'invalid_request'],
    ['{"type":"unsubscribe","id":"a","filter":{}}', 'invalid_request'],
    ['{"type":"update","id":"a","filter":{"kind":"x"}}', 'invalid_filter'],
    ['{"type":"update","id":"a","batch":0}', 'invalid_request'],
    [`${'['.repeat(100_000)}`, 'invalid_json'],
  ])('is refused: %s', (text, code) => {
    const error = refusal(() => read(text))
    expect(error.code).toBe(code)
    expect(error.message.length).toBeLessThan(400)
    expect(error.message).not.toContain('\n')
  })

  it('is named by an error also when the rest of it is wrong', () => {
    expect(subscriptionIdIn({ id: 'a', type: 5 })).toBe('a')
    for (const json of [{ id: 'a b' }, { id: 5 }, {}, null, 'id', []])
      expect(subscriptionIdIn(json)).toBeUndefined()
  })
})
