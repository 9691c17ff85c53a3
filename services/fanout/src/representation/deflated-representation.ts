import { projectParts } from '@freshet/events'
import { batchEnvelope, type Cursor, changeEnvelope, type Part, UNBATCHED } from '@freshet/protocol'
import type { StoredChange } from '../stored-change.ts'
import { deflatePiece, storedPiece } from './deflate-piece.ts'
import { type KeptBytes, type PlainFrames, Representation } from './representation.ts'
import { deflatedTextFrame } from './text-frame.ts'

/**
 * Frames for permessage-deflate without context takeover (RFC 7692). The change itself, which is most of a frame, is
 * compressed once whatever the subscriptions are called; subscription and cursor stand before it uncompressed. Changes in
 * a frame of several are compressed together. Control frames are short, and not compressed at all.
 */
export class DeflatedRepresentation extends Representation {
  declare readonly key: string
  declare readonly plain: PlainFrames | undefined
  readonly #bodyKey: string

  constructor(parts: readonly Part[], subscription: string, batchMax: number) {
    super('websocket', parts, subscription, batchMax)
    this.key = `deflated ${this.key}`
    if (batchMax === UNBATCHED) this.plain = undefined
    this.#bodyKey = `deflated ${parts.join(',')}`
  }

  override change(change: StoredChange, cursor: Cursor, kept: KeptBytes | undefined): Uint8Array {
    const { before, after } = changeEnvelope(this.framing, cursor, this.subscription)
    const body = kept?.get(this.#bodyKey) ?? this.#body(change, after)
    kept?.set(this.#bodyKey, body)
    return deflatedTextFrame([...storedPiece(Buffer.from(before)), body])
  }

  override batch(changes: readonly Uint8Array[], cursor: Cursor): Uint8Array {
    const { before, after } = batchEnvelope(this.framing, cursor, this.subscription)
    const body = deflatePiece(Buffer.concat([...changes, Buffer.from(after)]))
    return deflatedTextFrame([...storedPiece(Buffer.from(before)), body])
  }

  #body({ value, layout }: StoredChange, after: string): Uint8Array {
    return deflatePiece(Buffer.concat([...projectParts(value, layout, this.parts), Buffer.from(after)]))
  }
}
