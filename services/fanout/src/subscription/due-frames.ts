import type { Cursor } from '@freshet/protocol'

/** Frames that are due to somebody, in order, to be written at once. */
export class DueFrames {
  #frames: Uint8Array[] = []
  #bytes = 0
  #changes = 0
  #newestChangeMs = 0
  #cursor: Cursor | undefined

  get isEmpty(): boolean {
    return this.#frames.length === 0
  }

  get frames(): readonly Uint8Array[] {
    return this.#frames
  }

  get bytes(): number {
    return this.#bytes
  }

  /** How many of the frames are changes, and when the newest of these came into the log. */
  get changes(): number {
    return this.#changes
  }

  get newestChangeMs(): number {
    return this.#newestChangeMs
  }

  /** Where the partner goes on once it has them all; undefined when none of them says. */
  get cursor(): Cursor | undefined {
    return this.#cursor
  }

  addChange(frame: Uint8Array, cursor: Cursor, timestampMs: number): void {
    this.addRun(frame, 1, cursor, timestampMs)
  }

  /** Frames of changes, one behind the other. */
  addRun(frames: Uint8Array, changes: number, cursor: Cursor, timestampMs: number): void {
    this.#add(frames, cursor)
    this.#changes += changes
    this.#newestChangeMs = timestampMs
  }

  addControl(frame: Uint8Array, cursor: Cursor | undefined): void {
    this.#add(frame, cursor ?? this.#cursor)
  }

  clear(): void {
    this.#frames = []
    this.#bytes = 0
    this.#changes = 0
    this.#cursor = undefined
  }

  #add(frame: Uint8Array, cursor: Cursor | undefined): void {
    this.#frames.push(frame)
    this.#bytes += frame.length
    this.#cursor = cursor
  }
}
