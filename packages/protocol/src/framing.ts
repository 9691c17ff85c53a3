import type { Cursor } from './cursor.ts'
import { type ControlFrame, cursorOf } from './frames.ts'

/** How frames are told apart on the wire. */
export type Framing = 'sse' | 'ndjson' | 'websocket'

/**
 * Proof of life, as bytes that no client takes for an event. In SSE a comment with a single newline: some clients make an
 * event of a blank line. In NDJSON a space, which may stand before a JSON value; some clients fail at an empty line.
 * A WebSocket is kept alive by pings.
 */
export const HEARTBEATS = { sse: ':\n', ndjson: ' ' } as const

/**
 * The first bytes of an SSE stream, sent at once. No blank line ends them, since some clients make an event of it: the
 * first frame does.
 */
export function sseHead(retryMs: number): string {
  return `:ok\nretry: ${retryMs}\n`
}

/** What stands around the JSON text of a change, so that a frame is made without touching that text. */
export interface ChangeEnvelope {
  readonly before: string
  readonly after: string
}

/** `subscription` is the name of the subscription on a WebSocket, and not used elsewhere. */
export function changeEnvelope(framing: Framing, cursor: Cursor, subscription: string): ChangeEnvelope {
  switch (framing) {
    case 'sse':
      return { before: `id: ${cursor}\ndata: `, after: '\n\n' }
    case 'ndjson':
      return { before: `{"type":"change","cursor":"${cursor}","change":`, after: '}\n' }
    case 'websocket':
      return {
        before: `{"type":"change","subscription":"${subscription}","cursor":"${cursor}","change":`,
        after: '}',
      }
  }
}

/** What stands around the changes of a batch, which are separated by commas. The cursor follows the last of them. */
export function batchEnvelope(framing: Framing, cursor: Cursor, subscription: string): ChangeEnvelope {
  switch (framing) {
    case 'sse':
      return { before: `event: changes\nid: ${cursor}\ndata: [`, after: ']\n\n' }
    case 'ndjson':
      return { before: `{"type":"changes","cursor":"${cursor}","changes":[`, after: ']}\n' }
    case 'websocket':
      return {
        before: `{"type":"changes","subscription":"${subscription}","cursor":"${cursor}","changes":[`,
        after: ']}',
      }
  }
}

/** `subscription` is undefined for what concerns a WebSocket as a whole. */
export function encodeControlFrame(
  framing: Framing,
  frame: ControlFrame,
  subscription: string | undefined,
): string {
  switch (framing) {
    case 'sse': {
      const cursor = cursorOf(frame)
      const id = cursor === undefined ? '' : `id: ${cursor}\n`
      return `event: ${sseEventOf(frame)}\n${id}data: ${JSON.stringify(frame)}\n\n`
    }
    case 'ndjson':
      return `${JSON.stringify(frame)}\n`
    case 'websocket': {
      const { type, ...rest } = frame
      return JSON.stringify({ type, subscription, ...rest })
    }
  }
}

/** `error` would reach the handlers that clients have for a lost connection, and end some of them. */
function sseEventOf(frame: ControlFrame): string {
  return frame.type === 'error' ? 'stream-error' : frame.type
}
