import { hash } from 'node:crypto'
import type { LogRecord, NewRecord } from '@freshet/change-log'
import { PARTS } from '@freshet/protocol'
import { z } from 'zod'

/** Compacted: the published dictionaries, by id. */
export const DICTIONARIES_TOPIC = 'dictionaries'

/** So many are served at a time; past it the oldest goes. */
export const DICTIONARIES_MAX = 8

/** Of one dictionary. Larger ones gain nothing, and each piece that is compressed pays for all of it. */
export const DICTIONARY_BYTES = { min: 1024, max: 64 * 1024 }

/** What is known of a dictionary besides its bytes. */
const aboutSchema = z.strictObject({
  createdAt: z.iso.datetime(),
  /** What the changes consisted of that it was made from. */
  parts: z.array(z.enum(PARTS)).min(1).readonly(),
  /** How many times smaller changes became that it was not made from, each compressed by itself. */
  ratio: z.number().positive(),
  /** The same without a dictionary. */
  ratioWithout: z.number().positive(),
})

/** A dictionary as it is posted: what Freshet does not work out itself. */
export const dictionaryInputSchema = aboutSchema.omit({ createdAt: true }).extend({
  bytes: z
    .base64()
    .transform((text) => Buffer.from(text, 'base64'))
    .refine(
      ({ length }) => length >= DICTIONARY_BYTES.min && length <= DICTIONARY_BYTES.max,
      `a dictionary has ${DICTIONARY_BYTES.min} to ${DICTIONARY_BYTES.max} bytes`,
    )
    .refine(
      (bytes) => !isFormatted(bytes),
      'a dictionary is raw content, not in the format of "zstd --train"',
    ),
})
export type DictionaryInput = z.input<typeof dictionaryInputSchema>

/** Bytes that partner and server both have, so that what is compressed may refer to them. It never changes. */
export interface CompressionDictionary extends z.output<typeof aboutSchema> {
  /** SHA-256 of the bytes, in hex. */
  readonly id: string
  readonly bytes: Uint8Array
}

export function dictionaryOf(
  input: z.output<typeof dictionaryInputSchema>,
  createdAt: string,
): CompressionDictionary {
  return { ...input, id: idOf(input.bytes), createdAt }
}

/** A dictionary as it lies on its topic. */
export function dictionaryRecord({ id, bytes, ...about }: CompressionDictionary): NewRecord {
  const headers = { [ABOUT_HEADER]: Buffer.from(JSON.stringify(about)) }
  return { topic: DICTIONARIES_TOPIC, key: id, headers, value: bytes }
}

/** The inverse; undefined for what no release of Freshet has written, and for bytes that are not those of the id. */
export function storedDictionary({ key, headers, value }: LogRecord): CompressionDictionary | undefined {
  if (value === null || idOf(value) !== key) return undefined
  try {
    const about = aboutSchema.parse(JSON.parse(Buffer.from(headers[ABOUT_HEADER] ?? []).toString()))
    // A copy, since the value may be a small piece of a large block that was read.
    return { ...about, id: key, bytes: Uint8Array.from(value) }
  } catch {
    return undefined
  }
}

/** The newest first, and no more than are served. */
export function servedDictionaries(
  dictionaries: Iterable<CompressionDictionary>,
): readonly CompressionDictionary[] {
  return [...dictionaries]
    .toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
    .slice(0, DICTIONARIES_MAX)
}

const ABOUT_HEADER = 'about'
/** What a dictionary begins with that is more than content (RFC 8878, section 5). */
const FORMAT_MAGIC = 0xec30a437

function isFormatted(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32LE(0) === FORMAT_MAGIC
}

function idOf(bytes: Uint8Array): string {
  return hash('sha256', bytes)
}
