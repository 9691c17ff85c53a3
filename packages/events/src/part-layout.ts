/**
 * An article change as it lies in the log: the event's JSON text, made of consecutive parts, so that a projection is a
 * concatenation of byte slices.
 *
 *     {"id":"enwiki:1",…      core, without its closing brace
 *     ,"diff":{…}             any other part, with the comma before it
 *     }
 *
 * The record header `parts` gives the names and byte lengths: `core:412 diff:96`.
 */
export interface PartSlice {
  readonly name: string
  readonly start: number
  readonly end: number
}

export interface EncodedParts {
  readonly value: Uint8Array
  readonly header: Uint8Array
}

/** `parts` are JSON texts in the order they are to lie in; `core` is the first. */
export function encodeParts(core: string, parts: ReadonlyMap<string, string>): EncodedParts {
  // In pieces, as joining texts would copy them all once more.
  const texts = [escapeLineEnds(core.slice(0, -1))]
  const header = [`core:${Buffer.byteLength(texts[0] ?? '')}`]
  for (const [name, json] of parts) {
    const before = `,${JSON.stringify(name)}:`
    const part = escapeLineEnds(json)
    texts.push(before, part)
    header.push(`${name}:${Buffer.byteLength(before) + Buffer.byteLength(part)}`)
  }
  texts.push('}')
  const value = Buffer.allocUnsafe(texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0))
  let at = 0
  for (const text of texts) at += value.write(text, at)
  return { value, header: Buffer.from(header.join(' ')) }
}

/**
 * Characters that end no line in JSON, NDJSON or SSE, but do in many a client's way of reading lines (Python's
 * `splitlines`, and with it httpx): sent as escapes, which every JSON parser reads as the same.
 */
const OTHER_LINE_ENDS = /[\u0085\u2028\u2029]/g

function escapeLineEnds(json: string): string {
  return json.replaceAll(OTHER_LINE_ENDS, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Where each part lies in the value. Throws on a header that Freshet did not write. */
export function decodePartLayout(header: Uint8Array): readonly PartSlice[] {
  const slices: PartSlice[] = []
  let start = 0
  for (let at = 0; at <= header.length; ) {
    let colon = -1
    let entryEnd = at
    for (; entryEnd < header.length && header[entryEnd] !== SPACE; entryEnd++) {
      if (header[entryEnd] === COLON) colon = entryEnd
    }
    const end = start + lengthIn(header, colon + 1, entryEnd)
    if (colon <= at || colon === entryEnd - 1 || !Number.isSafeInteger(end)) {
      throw new Error(`malformed part "${textOf(header.subarray(at, entryEnd))}" in the record header`)
    }
    slices.push({ name: nameIn(header, at, colon), start, end })
    start = end
    at = entryEnd + 1
  }
  return slices
}

/** There are fewer parts; those of a header that has more are made anew each time. */
const MET_NAMES_MAX = 32
/** Names of parts that were met, as bytes and as text: to find one again takes a fraction of the time that making a string does. */
const metNames: { readonly bytes: Uint8Array; readonly name: string }[] = []

function nameIn(header: Uint8Array, start: number, end: number): string {
  for (const { bytes, name } of metNames) if (isAt(bytes, header, start, end)) return name
  const bytes = header.slice(start, end)
  const name = textOf(bytes)
  if (metNames.length < MET_NAMES_MAX) metNames.push({ bytes, name })
  return name
}

function isAt(bytes: Uint8Array, header: Uint8Array, start: number, end: number): boolean {
  if (bytes.length !== end - start) return false
  for (let index = 0; index < bytes.length; index++) {
    if (bytes[index] !== header[start + index]) return false
  }
  return true
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

/**
 * How many bytes all parts take together, as a header says that begins with `core`; undefined for any other, and for what
 * Freshet did not write. Costs a fraction of decoding it.
 */
export function partsBytes(header: Uint8Array): number | undefined {
  for (let index = 0; index < CORE_START.length; index++) {
    if (header[index] !== CORE_START[index]) return undefined
  }
  let bytes = 0
  let entryStart = 0
  for (let at = CORE_START.length - 1; at < header.length; ) {
    while (at < header.length && header[at] !== COLON && header[at] !== SPACE) at++
    if (at === entryStart || header[at] !== COLON) return undefined
    const lengthStart = ++at
    let length = 0
    for (; at < header.length && header[at] !== SPACE; at++) {
      const digit = (header[at] ?? 0) - ZERO
      if (digit < 0 || digit > 9) return undefined
      length = length * 10 + digit
    }
    if (at === lengthStart) return undefined
    bytes += length
    entryStart = ++at
  }
  return header.at(-1) === SPACE ? undefined : bytes
}

const CORE_START = new TextEncoder().encode('core:')
const SPACE = 0x20
const COLON = 0x3a
const ZERO = 0x30

/** NaN when it is not written in digits alone. */
function lengthIn(bytes: Uint8Array, start: number, end: number): number {
  let length = 0
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - ZERO
    if (digit < 0 || digit > 9) return Number.NaN
    length = length * 10 + digit
  }
  return length
}

/**
 * The JSON text of an event that holds only the parts asked for: `core` always, the others where the event has them.
 * Byte ranges of `value`, adjacent ones joined; the closing brace is the last byte of `value`.
 */
export function projectParts(
  value: Uint8Array,
  layout: readonly PartSlice[],
  wanted: ReadonlySet<string>,
): readonly Uint8Array[] {
  const slices: Uint8Array[] = []
  let start = 0
  let end = 0
  for (const part of layout) {
    if (part.name !== 'core' && !wanted.has(part.name)) continue
    if (part.start !== end) {
      slices.push(value.subarray(start, end))
      start = part.start
    }
    end = part.end
  }
  if (end === value.length - 1) return [...slices, value.subarray(start)]
  return [...slices, value.subarray(start, end), value.subarray(value.length - 1)]
}

/** How many bytes `writeParts` writes. */
export function projectedBytes(layout: readonly PartSlice[], wanted: ReadonlySet<string>): number {
  let bytes = 1
  for (const { name, start, end } of layout) {
    if (name === 'core' || wanted.has(name)) bytes += end - start
  }
  return bytes
}

/** Writes what `projectParts` gives, without the slices between, and returns where it ends. */
export function writeParts(
  target: Uint8Array,
  at: number,
  value: Uint8Array,
  layout: readonly PartSlice[],
  wanted: ReadonlySet<string>,
): number {
  let targetEnd = at
  let start = 0
  let end = 0
  for (const part of layout) {
    if (part.name !== 'core' && !wanted.has(part.name)) continue
    if (part.start !== end) {
      target.set(value.subarray(start, end), targetEnd)
      targetEnd += end - start
      start = part.start
    }
    end = part.end
  }
  if (start === 0 && end === value.length - 1) target.set(value, targetEnd)
  else {
    target.set(value.subarray(start, end), targetEnd)
    target[targetEnd + end - start] = CLOSING_BRACE
  }
  return targetEnd + end - start + 1
}

const CLOSING_BRACE = 0x7d
