import { crc32 } from 'node:zlib'

const POLYNOMIAL = 0xedb88320
/** x to the power of 0, 1, 2, 4, 8, … modulo the polynomial, the first bit being the highest power. */
const ONE = 0x80000000
const POWERS: number[] = [0x40000000]
for (let index = 1; index < 32; index++)
  POWERS.push(multiplied(POWERS[index - 1] ?? 0, POWERS[index - 1] ?? 0))

/**
 * The CRC-32 of bytes, made so that the sum of two pieces joined is worked out from theirs: a stream that is put together
 * from shared pieces has its sum without being read again.
 */
export class Crc32Sum {
  static readonly EMPTY = new Crc32Sum(0, 0, ONE)

  readonly value: number
  readonly bytes: number
  /** What the sum of everything before is multiplied with. */
  readonly #shift: number

  static of(piece: Uint8Array): Crc32Sum {
    return new Crc32Sum(crc32(piece), piece.length, shiftOf(piece.length))
  }

  private constructor(value: number, bytes: number, shift: number) {
    this.value = value
    this.bytes = bytes
    this.#shift = shift
  }

  followedBy(next: Crc32Sum): Crc32Sum {
    const value = (multiplied(next.#shift, this.value) ^ next.value) >>> 0
    return new Crc32Sum(value, this.bytes + next.bytes, multiplied(this.#shift, next.#shift))
  }
}

/** x to the power of the number of bits. */
function shiftOf(bytes: number): number {
  let shift = ONE
  // Eight bits are three doublings; the powers repeat after 32.
  for (let rest = bytes, power = 3; rest > 0; rest = Math.floor(rest / 2), power = (power + 1) % 32) {
    if (rest % 2 === 1) shift = multiplied(POWERS[power] ?? 0, shift)
  }
  return shift
}

/** Of two polynomials over one bit, modulo the polynomial of CRC-32. */
function multiplied(a: number, b: number): number {
  let product = 0
  let factor = b
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= factor
    factor = factor & 1 ? (factor >>> 1) ^ POLYNOMIAL : factor >>> 1
  }
  return product >>> 0
}
