import { z } from 'zod'

/** How the log is cut into segments. Nodes with the same layout make the same segments of the same log, byte for byte. */
export interface SegmentLayout {
  /** A segment holds changes that entered the log within one stretch of so many milliseconds, counted from 1970. */
  readonly windowMs: number
  /** A stretch with more records than this is cut into several segments. */
  readonly recordsMax: number
  readonly parts: readonly string[]
}

const descriptionSchema = z.object({
  /** Also the name of its file. Holds the beginning of its digest, so that other bytes have another name. */
  name: z.string().regex(/^[0-9]{8}T[0-9]{6}Z-[0-9]+-[0-9a-f]{16}\.ndjson\.zst$/),
  startMs: z.number(),
  endMs: z.number(),
  /** Which segment of its stretch of time it is, from 0. */
  piece: z.number(),
  pieces: z.number(),
  from: z.string(),
  to: z.string(),
  changes: z.number(),
  bytes: z.number(),
  textBytes: z.number(),
  sha256: z.string(),
})

/** What is known of a segment without opening it. `from` and `to` are cursors; `to` is the first that is not in it. */
export type SegmentDescription = z.output<typeof descriptionSchema>

/** Throws on anything that `JSON.stringify` did not make of a description. */
export function parseDescription(json: string): SegmentDescription {
  return descriptionSchema.parse(JSON.parse(json))
}

export function segmentName(startMs: number, piece: number, sha256: string): string {
  const start = new Date(startMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return `${start}-${piece}-${sha256.slice(0, 16)}.ndjson.zst`
}
