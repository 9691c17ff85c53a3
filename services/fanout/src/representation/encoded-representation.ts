import type { ControlFrame, Cursor, Framing, Part } from '@freshet/protocol'
import type { StoredChange } from '../stored-change.ts'
import type { ContentEncoding } from './content-encoding.ts'
import { type KeptBytes, Representation } from './representation.ts'

/** Frames over HTTP with a Content-Encoding. Each is compressed by itself, once for everybody. */
export class EncodedRepresentation extends Representation {
  declare readonly key: string
  readonly #encoding: ContentEncoding

  constructor(
    framing: Framing,
    encoding: ContentEncoding,
    parts: readonly Part[],
    name: string,
    batchMax: number,
  ) {
    super(framing, parts, name, batchMax)
    this.key = `${encoding.key} ${this.key}`
    this.#encoding = encoding
  }

  override change(change: StoredChange, cursor: Cursor, kept: KeptBytes | undefined): Uint8Array {
    return this.encoded(super.change(change, cursor, kept))
  }

  override batch(changes: readonly Uint8Array[], cursor: Cursor): Uint8Array {
    return this.encoded(super.batch(changes, cursor))
  }

  override control(frame: ControlFrame): Uint8Array {
    return this.#encoding.encodeControl(super.control(frame))
  }

  override encoded(frames: Uint8Array): Uint8Array {
    return this.#encoding.encodeChanges(frames)
  }
}
