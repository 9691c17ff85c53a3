import { describe, expect, it } from 'vitest'
import { CODES, type Code, isReconnectable } from './codes.ts'
import { encodeCursor } from './cursor.ts'
import type { ControlFrame } from './frames.ts'
import { batchEnvelope, changeEnvelope, encodeControlFrame } from './framing.ts'

const cursor = encodeCursor('kUl4Qm2x9A', [1n])
const closing: ControlFrame = { type: 'closing', code: 'draining', reason: 'r', reconnect: true, cursor }
const error: ControlFrame = { type: 'error', code: 'log_unavailable', message: 'm', help: 'h' }

describe('framing', () => {
  it('writes a control frame of SSE as a named event, on one line, with its cursor as id', () => {
    const text = encodeControlFrame('sse', closing, undefined)
    expect(text).toBe(`event: closing\nid: ${cursor}\ndata: ${JSON.stringify(closing)}\n\n`)
  })

  it('does not call an SSE event "error", which clients take for a lost connection', () => {
    const text = encodeControlFrame('sse', error, undefined)
    expect(text).toBe(`event: stream-error\ndata: ${JSON.stringify(error)}\n\n`)
  })

  it('names the subscription on a WebSocket, unless the frame is about the socket', () => {
    expect(JSON.parse(encodeControlFrame('websocket', closing, 'a'))).toEqual({
      ...closing,
      subscription: 'a',
    })
    expect(JSON.parse(encodeControlFrame('websocket', error, undefined))).toEqual(error)
  })

  it('makes one JSON value of the changes of a batch and their envelope', () => {
    for (const framing of ['ndjson', 'websocket'] as const) {
      const { before, after } = batchEnvelope(framing, cursor, 'a')
      const frame = JSON.parse(`${before}{"id":"x"},{"id":"y"}${after}`)
      expect(frame).toMatchObject({ type: 'changes', cursor, changes: [{ id: 'x' }, { id: 'y' }] })
    }
  })

  it('makes one JSON value of a change and its envelope', () => {
    for (const framing of ['ndjson', 'websocket'] as const) {
      const { before, after } = changeEnvelope(framing, cursor, 'a')
      expect(JSON.parse(`${before}{"id":"x"}${after}`)).toMatchObject({
        type: 'change',
        cursor,
        change: { id: 'x' },
      })
    }
  })
})

describe('codes', () => {
  it('say by their close code alone whether to reconnect', () => {
    for (const [code, { closeCode }] of Object.entries(CODES)) {
      if (closeCode === undefined || closeCode === 1009) continue
      expect(closeCode).toBeGreaterThanOrEqual(4000)
      expect(closeCode).toBeLessThan(5000)
      expect(isReconnectable(code as Code)).toBe(closeCode >= 4500)
    }
  })

  it('have a close code each', () => {
    const closeCodes = Object.values(CODES).flatMap(({ closeCode }) => closeCode ?? [])
    expect(new Set(closeCodes).size).toBe(closeCodes.length)
  })
})
