/**
 * A check over text, made so that the check of two texts joined is worked out from theirs. The multiplier is odd, so
 * that one wrong character always shows, and 3 modulo 4, so that two neighbours swapped always show.
 */
export class RollingCheck {
  static readonly #MULTIPLIER = 0x2545f
  /** 20 bits: fits into four digits in base 36. */
  static readonly #MASK = 0xfffff

  readonly #sum: number
  readonly #power: number

  private constructor(sum: number, power: number) {
    this.#sum = sum
    this.#power = power
  }

  static of(text: string): RollingCheck {
    let sum = 0
    let power = 1
    for (let index = 0; index < text.length; index++) {
      sum = (Math.imul(sum, RollingCheck.#MULTIPLIER) + text.charCodeAt(index)) | 0
      power = Math.imul(power, RollingCheck.#MULTIPLIER)
    }
    return new RollingCheck(sum, power)
  }

  /** Of ASCII text from `start` to `end`. */
  static ofBytes(bytes: Uint8Array, start: number, end: number): RollingCheck {
    let sum = 0
    let power = 1
    for (let index = start; index < end; index++) {
      sum = (Math.imul(sum, RollingCheck.#MULTIPLIER) + (bytes[index] ?? 0)) | 0
      power = Math.imul(power, RollingCheck.#MULTIPLIER)
    }
    return new RollingCheck(sum, power)
  }

  followedBy(next: RollingCheck): RollingCheck {
    return new RollingCheck(
      (Math.imul(this.#sum, next.#power) + next.#sum) | 0,
      Math.imul(this.#power, next.#power),
    )
  }

  get value(): number {
    return this.#sum & RollingCheck.#MASK
  }
}
