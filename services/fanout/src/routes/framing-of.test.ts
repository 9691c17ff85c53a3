import { describe, expect, it } from 'vitest'
import { framingOf } from './framing-of.ts'

describe('framingOf', () => {
  it.each([
    [undefined, 'sse'],
    ['', 'sse'],
    ['*/*', 'sse'],
    ['text/*', 'sse'],
    ['TEXT/EVENT-STREAM', 'sse'],
    ['application/x-ndjson', 'ndjson'],
    ['application/*', 'ndjson'],
    ['application/x-ndjson, text/event-stream', 'sse'],
    ['application/x-ndjson;q=0.9, */*;q=0.8', 'ndjson'],
    ['text/event-stream;q=0, */*', 'ndjson'],
    ['application/x-ndjson; charset=utf-8', 'ndjson'],
  ])('takes %j for %s', (accept, framing) => {
    // `*/*` stands for either, so a format that is refused by name leaves the other.
    expect(framingOf(accept)).toBe(framing)
  })

  it.each(['application/json', 'text/html', 'text/event-stream;q=0', ';;;', 'x'.repeat(10_000)])(
    'refuses %.20j',
    (accept) => {
      expect(() => framingOf(accept)).toThrow(expect.objectContaining({ code: 'not_acceptable' }))
    },
  )
})
