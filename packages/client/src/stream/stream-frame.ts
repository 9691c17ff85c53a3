import type { ClosingFrame, Cursor, ErrorFrame, GapFrame, ProgressFrame } from '@freshet/protocol'
import type { ArticleChange } from '../article-change.ts'
import { BrokenFrameError } from './errors.ts'

/**
 * What a stream is made of. A `gap` says that changes between two cursors cannot be delivered, and what to do about it;
 * `progress` how far the stream has come, also when nothing matched; `error` what is wrong for now.
 */
export type StreamFrame = ChangeFrame | ProgressFrame | GapFrame | ErrorFrame

export interface ChangeFrame {
  readonly type: 'change'
  /** To be stored together with what was made of the change: a later stream goes on from it. */
  readonly cursor: Cursor
  readonly change: ArticleChange
}

export type ReceivedFrame = StreamFrame | ClosingFrame

/** Per type of frame, the field that says where a stream goes on after it; undefined: it does not move. */
const CURSOR_FIELDS = {
  change: 'cursor',
  progress: 'cursor',
  closing: 'cursor',
  gap: 'to',
  error: undefined,
} as const

/** Undefined for a type that this client does not know, which the protocol says to pass by. */
export function parseFrame(line: string): ReceivedFrame | undefined {
  const frame = parseObject(line)
  if (!isKnownType(frame.type)) return undefined
  const field = CURSOR_FIELDS[frame.type]
  if (field !== undefined && typeof frame[field] !== 'string')
    throw new BrokenFrameError(`a frame of the type ${frame.type} has no ${field}`)
  if (frame.type === 'change' && (typeof frame.change !== 'object' || frame.change === null))
    throw new BrokenFrameError('a frame of the type change has no change')
  return frame as unknown as ReceivedFrame
}

/** The cursor to go on with once this frame is dealt with; undefined when it does not move it. */
export function cursorAfter(frame: ReceivedFrame): Cursor | undefined {
  switch (frame.type) {
    case 'change':
    case 'progress':
    case 'closing':
      return frame.cursor
    case 'gap':
      return frame.to
    case 'error':
      return undefined
  }
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new BrokenFrameError('a line of the stream is not JSON', { cause })
  }
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>
  throw new BrokenFrameError('a line of the stream is not an object')
}

function isKnownType(type: unknown): type is keyof typeof CURSOR_FIELDS {
  return typeof type === 'string' && Object.hasOwn(CURSOR_FIELDS, type)
}
