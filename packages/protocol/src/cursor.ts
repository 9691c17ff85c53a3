import { ProtocolError } from './errors.ts'
import { RollingCheck } from './rolling-check.ts'

/**
 * A partner's place in the stream: what is next to read, in every partition of one log. Opaque to partners.
 *
 *     kUl4Qm2x9A~0.1z.7.c4.0~0f3k      the log's id ~ offsets in base 36 ~ check digits
 *
 * All of its characters may stand in a URL, a header and an SSE id as they are.
 */
export type Cursor = string & { readonly brand: 'cursor' }

const SHAPE = /^([A-Za-z0-9_-]{6,22})~((?:[0-9a-z]{1,13}\.)*[0-9a-z]{1,13})~([0-9a-z]{4})$/
const OFFSET_MAX = 2n ** 63n - 1n
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'
const DIGIT_CODES = new TextEncoder().encode(DIGITS)
const RADIX = 36n
const CHECK_DIGITS = 4

/** What a cursor is read against: the log as it is now. */
export interface CursorLog {
  readonly id: string
  /** Per partition, the next offset that will be written. */
  readonly ends: readonly bigint[]
}

export function encodeCursor(logId: string, offsets: readonly bigint[]): Cursor {
  const text = `${logId}~${offsets.map(offsetDigits).join('.')}`
  return `${text}~${checkDigits(RollingCheck.of(text).value)}` as Cursor
}

/** Throws a `ProtocolError` with one of the four `cursor_…` codes. */
export function decodeCursor(text: string, log: CursorLog): readonly bigint[] {
  const [, logId, offsetsText, check] = SHAPE.exec(text) ?? []
  if (logId === undefined || offsetsText === undefined || check === undefined) throw malformed()
  if (checkDigits(RollingCheck.of(`${logId}~${offsetsText}`).value) !== check) throw malformed()
  if (logId !== log.id) {
    throw new ProtocolError(
      'cursor_other_log',
      `the cursor belongs to log ${logId}; this server serves log ${log.id}`,
      'Use the server that gave you this cursor. Where its log was replaced, start anew with from=earliest, or with from=<time of your last change>.',
    )
  }
  const offsets = offsetsText.split('.').map(offsetOf)
  if (offsets.length !== log.ends.length) {
    throw new ProtocolError(
      'cursor_wrong_partitions',
      `the cursor has ${offsets.length} partitions; the log has ${log.ends.length}`,
      'The log was re-partitioned since. Start with from=<time of your last change> and drop the changes whose id you have.',
    )
  }
  if (offsets.some((offset, partition) => offset > (log.ends[partition] ?? 0n))) {
    throw new ProtocolError(
      'cursor_beyond_end',
      'the cursor lies beyond the end of the log',
      'The log has lost what you have already read, or was restored from an older copy. Start with from=<time of your last change> and drop the changes whose id you have.',
    )
  }
  return offsets
}

/**
 * A cursor that moves along with a reader. Writing it out costs one number, not all of them, as long as the reader
 * stays in one partition; and less still into the bytes of a text of it, since only some digits change.
 */
export class MovingCursor {
  readonly #logId: string
  readonly #offsets: bigint[]
  /** The digits of the offsets, of partitions in which nothing moved since they were made. */
  readonly #settledDigits: (string | undefined)[] = []
  #form = 0
  /** As long as the offset lies between the two, its text has the same number of digits. */
  #formStart = 0n
  #formEnd = 0n
  /** That was moved in last. */
  #partition = -1
  /** Whether `#before` and `#after` were made for another partition, or before others were moved in. */
  #isStale = false
  #before = ''
  #after = ''
  #digits = 0
  #beforeCheck = RollingCheck.of('')
  #afterCheck = RollingCheck.of('')

  constructor(logId: string, offsets: readonly bigint[]) {
    this.#logId = logId
    this.#offsets = [...offsets]
  }

  /** Per partition, what is next to read. */
  get offsets(): readonly bigint[] {
    return this.#offsets
  }

  moveTo(partition: number, nextOffset: bigint): void {
    this.#offsets[partition] = nextOffset
    if (partition === this.#partition) return
    if (this.#partition >= 0) this.#settledDigits[this.#partition] = undefined
    this.#partition = partition
    this.#isStale = true
  }

  /** Cursors of the same form differ in the digits of one number only, and have the same length. */
  get form(): number {
    if (this.#isStale) this.#turn()
    const offset = this.#offsets[this.#partition]
    if (offset === undefined) return this.#form
    if (offset < this.#formStart || offset >= this.#formEnd) this.#changeForm(offset)
    return this.#form
  }

  /** Makes the text at `start`, which is one of this cursor in the form that it has, that of the cursor as it is now. */
  rewrite(text: Uint8Array, start: number): void {
    const offset = this.#offsets[this.#partition]
    // An offset that is a form of its own has its text already.
    if (offset === undefined || offset >= this.#formEnd) return
    const digitsStart = start + this.#before.length
    const digitsEnd = digitsStart + this.#digits
    writeDigits(text, digitsStart, digitsEnd, Number(offset))
    const digitsCheck = RollingCheck.ofBytes(text, digitsStart, digitsEnd)
    const check = this.#beforeCheck.followedBy(digitsCheck).followedBy(this.#afterCheck)
    const checkStart = digitsEnd + this.#after.length + 1
    writeDigits(text, checkStart, checkStart + CHECK_DIGITS, check.value)
  }

  toCursor(): Cursor {
    if (this.#partition < 0) return encodeCursor(this.#logId, this.#offsets)
    if (this.#isStale) this.#turn()
    const digits = offsetDigits(this.#offsets[this.#partition] ?? 0n)
    const check = this.#beforeCheck.followedBy(RollingCheck.of(digits)).followedBy(this.#afterCheck)
    return `${this.#before}${digits}${this.#after}~${checkDigits(check.value)}` as Cursor
  }

  #turn(): void {
    const partition = this.#partition
    const digits = this.#offsets.map((_, index) => this.#digitsAt(index))
    this.#before = `${this.#logId}~${digits
      .slice(0, partition)
      .map((text) => `${text}.`)
      .join('')}`
    this.#after = digits
      .slice(partition + 1)
      .map((text) => `.${text}`)
      .join('')
    this.#beforeCheck = RollingCheck.of(this.#before)
    this.#afterCheck = RollingCheck.of(this.#after)
    this.#isStale = false
    this.#formEnd = 0n
  }

  #digitsAt(partition: number): string {
    const digits = this.#settledDigits[partition] ?? offsetDigits(this.#offsets[partition] ?? 0n)
    this.#settledDigits[partition] = digits
    return digits
  }

  #changeForm(offset: bigint): void {
    this.#form++
    this.#digits = offsetDigits(offset).length
    this.#formStart = this.#digits === 1 ? 0n : RADIX ** BigInt(this.#digits - 1)
    this.#formEnd = RADIX ** BigInt(this.#digits)
    if (this.#formEnd <= BigInt(Number.MAX_SAFE_INTEGER)) return
    // A number would not be exact, so every offset is a form of its own.
    this.#formStart = offset
    this.#formEnd = offset
  }
}

/** Right-aligned, with leading zeros. */
function writeDigits(text: Uint8Array, start: number, end: number, value: number): void {
  let left = value
  for (let at = end - 1; at >= start; at--) {
    const rest = Math.floor(left / 36)
    text[at] = DIGIT_CODES[left - rest * 36] ?? 0
    left = rest
  }
}

function offsetDigits(offset: bigint): string {
  return offset.toString(36)
}

function offsetOf(text: string): bigint {
  let offset = 0n
  for (const digit of text) offset = offset * 36n + BigInt(DIGITS.indexOf(digit))
  // A leading zero would give one place two texts.
  if (offset > OFFSET_MAX || (text.length > 1 && text.startsWith('0'))) throw malformed()
  return offset
}

function checkDigits(check: number): string {
  return check.toString(36).padStart(CHECK_DIGITS, '0')
}

function malformed(): ProtocolError {
  return new ProtocolError(
    'cursor_malformed',
    'this is no cursor, or not all of one: it is cut short or was changed',
    'Send a cursor exactly as it was received. Without one, start with from=earliest, from=latest, or from=<time of your last change>.',
  )
}
