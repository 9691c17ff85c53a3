import { projectParts } from '@freshet/events'
import {
  batchEnvelope,
  type ControlFrame,
  type Cursor,
  changeEnvelope,
  DEFAULT_SUBSCRIPTION,
  encodeControlFrame,
  type Framing,
  type Part,
  UNBATCHED,
} from '@freshet/protocol'
import type { StoredChange } from '../stored-change.ts'
import { textFrame } from './text-frame.ts'

/**
 * Frames of changes that are nothing but the change's bytes with text around them, so that many are made in one go. Where a
 * frame holds several changes that is what they are within it.
 */
export interface PlainFrames {
  readonly framing: Framing
  readonly parts: ReadonlySet<string>
  readonly subscription: string
  readonly isBatched: boolean
}

/** Bytes that were made of one change, by what they are. */
export interface KeptBytes {
  get(key: string): Uint8Array | undefined
  set(key: string, bytes: Uint8Array): void
}

/** How one subscription gets its frames as bytes: parts, framing, changes in a frame, and on a WebSocket the subscription's name. */
export class Representation {
  /** Equal for representations that make the same bytes of a record. */
  readonly key: string
  /** Whether others have the same, so that keeping the bytes pays. Names that partners chose are as good as unique. */
  readonly isShared: boolean
  /** How its frames are made; undefined when there is more to it than that, and `change` has to make each one. */
  readonly plain: PlainFrames | undefined
  readonly framing: Framing
  readonly parts: ReadonlySet<Part>
  /** The most changes in a frame. */
  readonly batchMax: number
  protected readonly subscription: string

  constructor(framing: Framing, parts: readonly Part[], subscription: string, batchMax: number) {
    this.framing = framing
    this.parts = new Set(parts)
    this.subscription = subscription
    this.batchMax = batchMax
    this.plain = { framing, parts: this.parts, subscription, isBatched: this.isBatched }
    this.key = `${framing} ${parts.join(',')} ${batchMax} ${framing === 'websocket' ? subscription : ''}`
    this.isShared = framing !== 'websocket' || subscription === DEFAULT_SUBSCRIPTION
  }

  /** Whether changes are in frames of several, however few are due. */
  get isBatched(): boolean {
    return this.batchMax > UNBATCHED
  }

  /** The frame of one change. `kept` holds what was made for the same change before, for representations that share it. */
  change({ value, layout }: StoredChange, cursor: Cursor, _kept: KeptBytes | undefined): Uint8Array {
    const { before, after } = changeEnvelope(this.framing, cursor, this.subscription)
    const pieces = [Buffer.from(before), ...projectParts(value, layout, this.parts), Buffer.from(after)]
    return this.framing === 'websocket' ? textFrame(pieces) : Buffer.concat(pieces)
  }

  /** What a change is within a frame of several. */
  body({ value, layout }: StoredChange): readonly Uint8Array[] {
    return projectParts(value, layout, this.parts)
  }

  /** The frame of several changes, given with commas between them. The cursor follows the last. */
  batch(changes: readonly Uint8Array[], cursor: Cursor): Uint8Array {
    const { before, after } = batchEnvelope(this.framing, cursor, this.subscription)
    const pieces = [Buffer.from(before), ...changes, Buffer.from(after)]
    return this.framing === 'websocket' ? textFrame(pieces) : Buffer.concat(pieces)
  }

  /** Frames that were made as `plain` says, as they are sent. */
  encoded(frames: Uint8Array): Uint8Array {
    return frames
  }

  control(frame: ControlFrame): Uint8Array {
    return controlBytes(this.framing, frame, this.subscription)
  }
}

/** A control frame as bytes. `subscription` is undefined for what concerns a WebSocket as a whole. */
export function controlBytes(
  framing: Framing,
  frame: ControlFrame,
  subscription: string | undefined,
): Uint8Array {
  const bytes = Buffer.from(encodeControlFrame(framing, frame, subscription))
  return framing === 'websocket' ? textFrame([bytes]) : bytes
}
