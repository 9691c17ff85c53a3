/** What happened while the longest stalls were measured. */
export const NO_FAULT = 'no fault'

export interface LongestStalls {
  readonly fault: string
  readonly acknowledgementMs: number
  readonly deliveryMs: number
}

/** The longest stalls for each kind of fault. One counts for the fault during which it ended. */
export class Stalls {
  readonly #longest = new Map<string, { acknowledgementMs: number; deliveryMs: number }>()
  #fault = NO_FAULT

  /** From now on, until another one begins. */
  begin(fault: string): void {
    this.#fault = fault
  }

  acknowledgedAfter(ms: number): void {
    const longest = this.#current()
    longest.acknowledgementMs = Math.max(longest.acknowledgementMs, ms)
  }

  deliveredAfter(ms: number): void {
    const longest = this.#current()
    longest.deliveryMs = Math.max(longest.deliveryMs, ms)
  }

  rows(): readonly LongestStalls[] {
    return [...this.#longest].map(([fault, longest]) => ({ fault, ...longest }))
  }

  #current() {
    const longest = this.#longest.get(this.#fault) ?? { acknowledgementMs: 0, deliveryMs: 0 }
    this.#longest.set(this.#fault, longest)
    return longest
  }
}
