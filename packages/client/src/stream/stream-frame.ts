import type {
  ClosingFrame,
  Cursor,
  ErrorFrame,
  GapFrame,
  ProgressFrame,
  WatchListsFrame,
} from '@freshet/protocol'
import type { ArticleChange } from '../article-change.ts'
import { BrokenFrameError } from './errors.ts'

/**
 * What a stream is made of. A `gap` says that changes between two cursors cannot be delivered, and what to do about it;
 * `progress` how far the stream has come, also when nothing matched; `watch-lists` which lists decide from there on;
 * `error` what is wrong for now.
 */
export type StreamFrame = ChangeFrame | ProgressFrame | GapFrame | WatchListsFrame | ErrorFrame

export interface ChangeFrame {
  readonly type: 'change'
  /**
   * To be stored together with what was made of the change: a later stream goes on from it. Of changes that came in a batch only
   * the last is behind itself; the others have the cursor before the batch, from which all of it comes again.
   */
  readonly cursor: Cursor
  readonly change: ArticleChange
}

/** Several changes as they came; the cursor is behind the last. */
export interface BatchFrame {
  readonly type: 'changes'
  readonly cursor: Cursor
  readonly changes: readonly ArticleChange[]
}

export type ReceivedFrame = StreamFrame | BatchFrame | ClosingFrame

/** Per type of frame, the field that says where a stream goes on after it; undefined: it does not move. */
const CURSOR_FIELDS = {
  change: 'cursor',
  changes: 'cursor',
  progress: 'cursor',
  'watch-lists': 'cursor',
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
  if (frame.type === 'change' && !isObject(frame.change))
    throw new BrokenFrameError('a frame of the type change has no change')
  if (frame.type === 'changes' && !(isNonEmptyList(frame.changes) && frame.changes.every(isObject)))
    throw new BrokenFrameError('a frame of the type changes has no changes')
  return frame as unknown as ReceivedFrame
}

/**
 * A frame as it is given out: a batch as its changes. `before` is the cursor before it, which what comes in a batch keeps up to
 * the last: whoever stops within the batch gets all of it again.
 */
export function* singleFrames(
  frame: StreamFrame | BatchFrame,
  before: Cursor | undefined,
): Generator<StreamFrame> {
  if (frame.type !== 'changes') {
    yield frame
    return
  }
  if (before === undefined) throw new BrokenFrameError('a batch came before any cursor')
  for (const [index, change] of frame.changes.entries()) {
    const cursor = index === frame.changes.length - 1 ? frame.cursor : before
    yield { type: 'change', cursor, change }
  }
}

/** The cursor to go on with once this frame is dealt with; undefined when it does not move it. */
export function cursorAfter(frame: StreamFrame): Cursor | undefined {
  switch (frame.type) {
    case 'change':
    case 'progress':
    case 'watch-lists':
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
  if (isObject(value)) return value
  throw new BrokenFrameError('a line of the stream is not an object')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isNonEmptyList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0
}

function isKnownType(type: unknown): type is keyof typeof CURSOR_FIELDS {
  return typeof type === 'string' && Object.hasOwn(CURSOR_FIELDS, type)
}
